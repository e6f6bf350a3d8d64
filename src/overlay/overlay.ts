import { type Answer, type Headers, headersOf, withHeaders } from '../http/answer.js'
import { decodedPath } from '../http/path.js'
import type { Failure } from '../product/failure.js'
import type { Call, Product } from '../product/product.js'
import { uuid } from '../state/random.js'
import { editBody } from './edit-body.js'
import type { OverlayCondition, OverlayEntry, OverlayValue, ProductOverlay } from './overlay-document.js'
import { type TokenMaker, tokenMaker } from './token-shape.js'

/** Differences of real servers, applied to the responses of the products. */
export class Overlay {
  readonly #entries: ReadonlyMap<string, readonly OverlayEntry[]>
  readonly #makers: ReadonlyMap<string, TokenMaker>
  /** The forms of tokens, as regular expressions, by product. */
  readonly shapes: ReadonlyMap<string, string>

  /** Overlays by product name; a product may have several. */
  constructor(overlays: readonly (readonly [product: string, overlay: ProductOverlay])[]) {
    const entries = new Map<string, OverlayEntry[]>()
    for (const [name, { answers = [] }] of overlays) entries.set(name, [...(entries.get(name) ?? []), ...answers])
    this.#entries = entries
    this.shapes = new Map(
      overlays.flatMap(([name, { token }]) => (token === undefined ? [] : [[name, token] as const]))
    )
    this.#makers = new Map(
      [...this.shapes].flatMap(([name, shape]) => {
        const maker = tokenMaker(shape)
        return maker ? [[name, maker] as const] : []
      })
    )
  }

  /** Creates tokens of this product; undefined if the overlay does not change their form. */
  tokenMaker(product: Product): TokenMaker | undefined {
    return this.#makers.get(product.name)
  }

  /** Applies the matching entries to a response. `failure`: the refusal, if it is one. */
  apply(answer: Answer, call: Call, failure: Failure | undefined): Answer {
    const entries = this.#entries.get(call.product.name)
    const matching = entries?.filter(({ when = {} }) => matches(when, answer, call, failure)) ?? []
    return matching.reduce((changed, entry) => change(changed, entry, call), answer)
  }
}

const matches = (when: OverlayCondition, answer: Answer, call: Call, failure: Failure | undefined): boolean => {
  const { request } = call
  const headerOf = (name: string) => [request.headers[name] ?? ''].flat().join(', ')
  return (
    isIn(when.operation, () => call.operation?.name) &&
    isIn(when.outcome, () => failure?.kind ?? 'success') &&
    isIn(when.reason, () => failure?.detail.why?.reason) &&
    isIn(when.status, () => answer.status) &&
    isIn(when.type, () => mediaTypeOf(answer)) &&
    isIn(when.method, () => request.method) &&
    isIn(when.path, () => decodedPath(request.url)) &&
    isIn(when.accept, () => headerOf('accept')) &&
    isIn(when.content_type, () => headerOf('content-type'))
  )
}

const isIn = <Value>(wanted: Value | undefined, found: () => Value | undefined): boolean =>
  wanted === undefined || wanted === found()

/** The media type of a response, in lower case and without parameters. */
export const mediaTypeOf = (answer: Answer): string | undefined => {
  const [, value] = Object.entries(headersOf(answer)).find(([name]) => name.toLowerCase() === 'content-type') ?? []
  return value === undefined ? undefined : [value].flat().join().split(';', 1)[0]?.trim().toLowerCase()
}

const change = (answer: Answer, entry: OverlayEntry, call: Call): Answer => {
  const body = bodyOf(answer.body, entry, call)
  const changed = { ...answer, status: entry.status ?? answer.status, body }
  return entry.headers ? withoutHeaders(withHeaders(changed, setHeaders(entry.headers, call)), entry.headers) : changed
}

const setHeaders = (headers: NonNullable<OverlayEntry['headers']>, call: Call): Headers =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, fillText(value, call)]]))
  )

const withoutHeaders = (answer: Answer, headers: NonNullable<OverlayEntry['headers']>): Answer => {
  const removed = new Set(
    Object.entries(headers).flatMap(([name, value]) => (value === null ? [name.toLowerCase()] : []))
  )
  const kept = Object.entries(headersOf(answer)).filter(([name]) => !removed.has(name.toLowerCase()))
  return { ...answer, always: undefined, headers: Object.fromEntries(kept) }
}

const bodyOf = (
  body: string | undefined,
  { body: whole, set = {}, remove = [] }: OverlayEntry,
  call: Call
): string | undefined => {
  if (whole !== undefined) return whole === '' ? undefined : fillText(whole, call)
  if (body === undefined || body === '') return body
  const edits: [string, OverlayValue | undefined][] = [
    ...Object.entries(set),
    ...remove.map((pointer): [string, undefined] => [pointer, undefined])
  ]
  return edits.reduce((text, [pointer, value]) => editBody(text, stepsOf(pointer), fillValue(value, call)), body)
}

/** The steps of a JSON pointer (RFC 6901). */
export const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))

const fillValue = (value: OverlayValue | undefined, call: Call): OverlayValue | undefined => {
  if (typeof value === 'string') return fillText(value, call)
  if (Array.isArray(value)) return value.map(each => fillValue(each, call) ?? null)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillValue(each, call) ?? null]))
}

/** Replaces `{token}`, `{login}` and `{uuid}` by the values of the call. */
const fillText = (text: string, call: Call): string =>
  text.replace(/\{(token|login|uuid)\}/g, (_whole, name: string) => placeholderValue(name, call))

const placeholderValue = (name: string, call: Call): string => {
  if (name === 'token') return call.session?.token ?? call.token ?? ''
  return name === 'login' ? (call.login ?? '') : uuid(call.draw('overlay'))
}
