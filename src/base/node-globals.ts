import buffer from 'node:buffer'
import perfHooks from 'node:perf_hooks'
import timers from 'node:timers'
import url from 'node:url'
import util from 'node:util'
import { isFake } from './fake-timers.js'

// Globals of Node.js that test environments such as jsdom and happy-dom remove, or replace by their own, which Node's modules refuse.
// The build replaces the globals in dependencies by these too. Read when the module is loaded: fake timers are installed later.
export const { URL, URLSearchParams } = url
export const { TextDecoder, TextEncoder } = util
export const { performance } = perfHooks
export const { atob, btoa } = buffer
export const { setTimeout, clearTimeout, setInterval, clearInterval, clearImmediate } = timers

/** Even if fakes were installed earlier, which only run on demand. */
export const setImmediate: (task: () => void) => unknown = isFake(timers.setImmediate)
  ? task => Promise.resolve().then(task)
  : timers.setImmediate

/** No module exports the class itself. */
export const AbortController = util.transferableAbortController().constructor as typeof globalThis.AbortController

/** Whether this is an error, of any realm: Jest runs modules in a context with an `Error` of its own, which errors of Node.js are not. */
export const isError = (value: unknown): value is Error => util.types.isNativeError(value)
