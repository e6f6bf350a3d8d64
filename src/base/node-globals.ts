import buffer from 'node:buffer'
import nodeCrypto from 'node:crypto'
import perfHooks from 'node:perf_hooks'
import timers from 'node:timers'
import url from 'node:url'
import util from 'node:util'
import { isFake } from './real-timers.js'

// Globals of Node.js that test environments such as jsdom and happy-dom remove, or replace by their own, which Node's modules refuse.
// The build replaces the globals in dependencies by these too. Read when the module is loaded: fake timers are installed later.
export const { URL, URLSearchParams } = url
export const { TextDecoder, TextEncoder } = util
export const { performance } = perfHooks
export const { atob, btoa } = buffer
export const crypto = nodeCrypto.webcrypto
export const { setTimeout, clearTimeout, setInterval, clearInterval, clearImmediate } = timers

/** Even if fakes were installed earlier, which only run on demand. */
export const setImmediate: (task: () => void) => unknown = isFake(timers.setImmediate)
  ? task => Promise.resolve().then(task)
  : timers.setImmediate

// Also where Jest runs this module in a context with classes of its own, which Node's cryptography refuses. No module exports these.
const NodeUint8Array = Object.getPrototypeOf(buffer.Buffer) as typeof globalThis.Uint8Array
const NodeArrayBuffer = buffer.Buffer.alloc(0).buffer.constructor as typeof globalThis.ArrayBuffer
export const AbortController = util.transferableAbortController().constructor as typeof globalThis.AbortController

export { NodeArrayBuffer as ArrayBuffer, NodeUint8Array as Uint8Array }

/** Whether this is an error, of any realm: Jest runs modules in a context with an `Error` of its own, which errors of Node.js are not. */
export const isError = (value: unknown): value is Error => util.types.isNativeError(value)
