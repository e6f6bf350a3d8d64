import buffer from 'node:buffer'
import perfHooks from 'node:perf_hooks'
import url from 'node:url'
import util from 'node:util'

/**
 * Globals of Node.js that test environments such as jsdom and happy-dom replace by their own, which Node's modules refuse, or remove.
 * `npm run check` refuses the globals themselves; the build replaces them in dependencies too.
 */
export const { URL, URLSearchParams } = url
export const { TextDecoder, TextEncoder } = util
export const { performance } = perfHooks
export const { atob, btoa } = buffer

/** No module exports the class itself. */
export const AbortController = util.transferableAbortController().constructor as typeof globalThis.AbortController

/** Whether this is an error, of any realm: Jest runs modules in a context with an `Error` of its own, which errors of Node.js are not. */
export const isError = (value: unknown): value is Error => util.types.isNativeError(value)
