import { hash } from 'node:crypto'
import { type Answer, decodedPath, type Headers, headersOf, withHeaders } from '../http/response.js'
import type { Failure } from '../product/failure.js'
import type { Call, Product } from '../product/product.js'
import { uuid } from '../session/random.js'
import { editBody } from './edit-body.js'
import type { OverlayCondition, OverlayEntry, OverlayValue, ProductOverlay } from './overlay-document.js'

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

/** Creates a token of a form from random bytes. */
type TokenMaker = (draw: Buffer) => string

/** A part of a token: its possible characters, and how many of them there are. */
interface Part {
  readonly characters: string
  readonly least: number
  readonly most: number
}

/** A creator of tokens of this form; undefined if the form is not a sequence of characters, classes and counts. */
export const tokenMaker = (shape: string): TokenMaker | undefined => {
  const parts = partsOf(shape)
  if (parts === undefined) return undefined
  const length = parts.reduce((sum, { most }) => sum + most + 1, 0)
  return draw => {
    const bytes = stretch(draw, length)
    let at = 0
    const next = (choices: number) => (bytes[at++] ?? 0) % choices
    return parts
      .map(({ characters, least, most }) => {
        const count = least === most ? most : least + next(most - least + 1)
        return Array.from({ length: count }, () => characters[next(characters.length)]).join('')
      })
      .join('')
  }
}

/** Fewer random places would make tokens guessable, and soon exhaust them. */
export const leastRandom = 8

/** Least number of random positions of the form. */
export const randomPlaces = (shape: string): number =>
  (partsOf(shape) ?? []).reduce((sum, { characters, least }) => sum + (characters.length > 1 ? least : 0), 0)

const part = /\[((?:[^\]\\]|\\.)+)\](?:\{(\d{1,4})(?:,(\d{1,4}))?\})?|\\(.)|([^[\]{}()*+?.|^$\\])/gy

const partsOf = (shape: string): Part[] | undefined => {
  const parts: Part[] = []
  let end = 0
  for (const { 0: whole, 1: set, 2: least = '1', 3: most = least, 4: escaped, 5: plain, index } of shape.matchAll(
    part
  )) {
    const characters = set === undefined ? (escaped ?? plain ?? '') : charactersOf(set)
    if (characters === '' || Number(most) < Number(least)) return undefined
    parts.push({ characters, least: Number(least), most: Number(most) })
    end = index + whole.length
  }
  return end === shape.length && parts.length > 0 ? parts : undefined
}

/** `0-9a-f` is sixteen characters. */
const charactersOf = (set: string): string =>
  set
    .replace(/([A-Za-z0-9])-([A-Za-z0-9])/g, (_range, first: string, last: string) => {
      const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)]
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => String.fromCharCode(from + index)).join(
        ''
      )
    })
    .replace(/\\(.)/g, '$1')

/** Derives `length` bytes from the drawn ones, deterministically. */
const stretch = (draw: Buffer, length: number): Buffer => {
  const pieces = [draw]
  for (let count = draw.length; count < length; count += 32)
    pieces.push(hash('sha256', `${draw.toString('hex')} ${count}`, 'buffer'))
  return Buffer.concat(pieces)
}

/**
 * The form that all these tokens have: classes and counts of characters between separators, without any text of a token.
 * Undefined without a token.
 */
export const shapeOf = (tokens: readonly string[]): string | undefined => {
  if (tokens.length === 0) return undefined
  const split = (separator: RegExp) => tokens.map(token => token.split(separator))
  // Separators stand at the same positions in all tokens; elsewhere they are characters like others.
  const fixed = split(/([^A-Za-z0-9])/)
  if (isAlike(fixed, (piece, at) => (at % 2 === 1 ? piece : String(piece.length)))) return shapeWith(fixed)
  const dotted = split(/([^\w-])/)
  if (isAlike(dotted, (piece, at) => (at % 2 === 1 ? piece : ''))) return shapeWith(dotted)
  return shapeWith(tokens.map(token => [token]))
}

const isAlike = (all: readonly (readonly string[])[], feature: (piece: string, at: number) => string): boolean =>
  new Set(all.map(pieces => JSON.stringify(pieces.map(feature)))).size === 1

/** Pieces and separators in turn. */
const shapeWith = (all: readonly (readonly string[])[]): string => {
  const pieces = all.flatMap(each => each.filter((_piece, at) => at % 2 === 0))
  const classes = classesOf(pieces.join(''))
  return (all[0] ?? [])
    .map((first, at) => {
      if (at % 2 === 1) return first.replace(/[^_:~=-]/, '\\$&')
      const lengths = all.map(each => each[at]?.length ?? 0)
      const [least, most] = [Math.min(...lengths), Math.max(...lengths)]
      if (most === 0) return ''
      return `[${classes}]{${least === most ? most : `${least},${most}`}}`
    })
    .join('')
}

/** Hexadecimal digits if the text has no other letters; both signs of an alphabet of Base64 if it has one. */
const classesOf = (text: string): string => {
  const isHex = !/[G-Zg-z]/.test(text)
  const signs = [/[-_]/.test(text) ? '_-' : '', /[+/]/.test(text) ? '+/' : ''].join('')
  const others = [...new Set(text.replace(/[\w+/-]/g, '') + signs.replace('-', ''))]
  return [
    /\d/.test(text) ? '0-9' : '',
    /[a-z]/.test(text) ? (isHex ? 'a-f' : 'a-z') : '',
    /[A-Z]/.test(text) ? (isHex ? 'A-F' : 'A-Z') : '',
    ...others.map(each => each.replace(/[\]\\^]/, '\\$&')),
    // At the end, it is no range.
    signs.includes('-') ? '-' : ''
  ].join('')
}
