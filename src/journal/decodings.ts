import { isUtf8 } from 'node:buffer'
import { bytesOf } from '../state/secrets.js'

/** A text without layers of encoding, and the places of its characters in the original text. */
export interface Decoding {
  readonly text: string
  /** The place in the original text of these characters. */
  origin(from: number, to: number): readonly [from: number, to: number]
}

/** Maximum number of nested encodings. */
const maxLayers = 3

/**
 * The text itself, and the text without its percent-encoding, JSON escapes and XML entities, layer by layer; then the same for the
 * text with its base64 words decoded. Texts are UTF-8 bytes, one character per byte.
 */
export const decodings = (text: string): Decoding[] => {
  const plain = unescapedLayers({ text, origin: (from, to) => [from, to] })
  const last = plain.at(-1)
  const isJoined = /[+/_-]/.test(last?.text ?? '')
  const fromBase64 = [
    replaced(last, base64, decodeBase64),
    isJoined ? replaced(last, base64Part, decodeBase64) : undefined
  ]
  return [...plain, ...fromBase64.flatMap(decoding => (decoding ? unescapedLayers(decoding) : []))]
}

const unescapedLayers = (first: Decoding): Decoding[] => {
  const all = [first]
  for (let layer = 0; layer < maxLayers; layer += 1) {
    const last = all.at(-1)
    const next = last && /[%\\&]/.test(last.text) ? replaced(last, escapes, decodeEscape) : undefined
    if (!next) break
    all.push(next)
  }
  return all
}

type Decode = (match: RegExpExecArray) => string | undefined

/** The text with the decoded ones of the matches; undefined if there are none. All characters of a decoded match are at its place. */
const replaced = (source: Decoding | undefined, pattern: RegExp, decode: Decode): Decoding | undefined => {
  if (!source) return undefined
  const { text } = source
  const found: { readonly from: number; readonly to: number; readonly plain: string }[] = []
  for (const match of text.matchAll(pattern)) {
    const plain = decode(match)
    if (plain !== undefined) found.push({ from: match.index, to: match.index + match[0].length, plain })
  }
  if (found.length === 0) return undefined
  // A decoded text is shorter.
  const starts = new Uint32Array(text.length)
  const ends = new Uint32Array(text.length)
  let result = ''
  let end = 0
  for (const { from, to, plain } of [...found, { from: text.length, to: text.length, plain: '' }]) {
    for (let at = end; at < from; at += 1) {
      starts[result.length + at - end] = at
      ends[result.length + at - end] = at + 1
    }
    result += text.slice(end, from)
    starts.fill(from, result.length, result.length + plain.length)
    ends.fill(to, result.length, result.length + plain.length)
    result += plain
    end = to
  }
  return {
    text: result,
    origin: (from, to) => source.origin(starts[from] ?? text.length, ends[to - 1] ?? 0)
  }
}

const escapes =
  /%([\da-f]{2})|\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|\\u([\da-f]{4})|\\x([\da-f]{2})|\\(["'\\/])|&(amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});/gi

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const decodeEscape: Decode = ([, percent, high, low, unit, byte, escaped, entity = '']) => {
  // nginx writes each byte.
  if (percent !== undefined || byte !== undefined) return fromHex(percent ?? byte ?? '')
  if (escaped !== undefined) return escaped
  if (high !== undefined && low !== undefined) return bytesOf(fromHex(high, low))
  if (unit !== undefined) return bytesOf(fromHex(unit))
  const [, hex, decimal] = /^#(?:x(.+)|(.+))$/i.exec(entity) ?? []
  if (hex === undefined && decimal === undefined) return entities[entity.toLowerCase()] ?? ''
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
  return point > 0x10ffff ? '' : bytesOf(String.fromCodePoint(point))
}

const fromHex = (...units: readonly string[]): string =>
  String.fromCharCode(...units.map(unit => Number.parseInt(unit, 16)))

/** A word that may be base64 or base64url. */
const base64 = /[\w+/-]{8,}={0,2}/g

/** A part of such a word, as in a path. */
const base64Part = /[A-Za-z\d]{8,}={0,2}/g

/** The decoded word, if it is a text. */
const decodeBase64: Decode = ([word]) => {
  // Other letters are the first of a text in no encoding.
  if (!/^[CDI-Za-fw-z\d]/.test(word)) return undefined
  const bytes = Buffer.from(word, 'base64')
  const plain = bytes.toString('latin1')
  return /[^\t-\r\x20-\x7e\x80-\xff]/.test(plain) || !isUtf8(bytes) ? undefined : plain
}
