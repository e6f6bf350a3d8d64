/** A text with one layer of encoding removed, and the position of each character in the original text. */
export interface Decoding {
  readonly text: string
  /** The index in the original text; the length of the original at the end. */
  origin(index: number): number
}

/** Maximum number of nested encodings. */
const maxLayers = 3

/**
 * The text itself, and the text without its percent-encoding, JSON escapes and XML entities, layer by layer. Texts are UTF-8
 * bytes, one character per byte.
 */
export const decodings = (text: string): Decoding[] => {
  const all: Decoding[] = [{ text, origin: index => index }]
  for (let layer = 0; layer < maxLayers; layer += 1) {
    const last = all.at(-1)
    const next = last && decoded(last)
    if (!next) break
    all.push(next)
  }
  return all
}

const encoded =
  /%([\da-f]{2})|\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|\\u([\da-f]{4})|\\(["'\\/])|&(amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});/gi

const decoded = ({ text, origin }: Decoding): Decoding | undefined => {
  if (!/[%\\&]/.test(text)) return undefined
  const origins = new Uint32Array(text.length + 1)
  let result = ''
  let end = 0
  for (const match of text.matchAll(encoded)) {
    for (let at = end; at < match.index; at += 1) origins[result.length + at - end] = origin(at)
    result += text.slice(end, match.index)
    const plain = decodeMatch(match)
    for (let at = 0; at < plain.length; at += 1) origins[result.length + at] = origin(match.index)
    result += plain
    end = match.index + match[0].length
  }
  if (end === 0) return undefined
  for (let at = end; at <= text.length; at += 1) origins[result.length + at - end] = origin(at)
  return { text: result + text.slice(end), origin: index => origins[index] ?? 0 }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const decodeMatch = ([, percent, high, low, unit, escaped, entity = '']: RegExpExecArray): string => {
  if (percent !== undefined) return String.fromCharCode(Number.parseInt(percent, 16))
  if (escaped !== undefined) return escaped
  if (high !== undefined && low !== undefined)
    return bytesOf(String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)))
  if (unit !== undefined) return bytesOf(String.fromCharCode(Number.parseInt(unit, 16)))
  const [, hex, decimal] = /^#(?:x(.+)|(.+))$/i.exec(entity) ?? []
  if (hex === undefined && decimal === undefined) return entities[entity.toLowerCase()] ?? ''
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
  return point > 0x10ffff ? '' : bytesOf(String.fromCodePoint(point))
}

/** A text as its UTF-8 bytes, one character per byte. */
export const bytesOf = (text: string): string => (isAscii(text) ? text : Buffer.from(text).toString('latin1'))

/** The inverse of `bytesOf`. */
export const textOf = (bytes: string): string => (isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString())

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)
