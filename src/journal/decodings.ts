/** A text with one layer of encoding less, and where each of its characters begins in the first text. */
export interface Decoding {
  readonly text: string
  /** The place in the first text; of the end, its end. */
  origin(index: number): number
}

/** How often an encoding may be wrapped in another one and still be seen through. */
const layers = 3

/**
 * The text itself, and what it is without its percent-encoding, its JSON escapes and its XML entities, layer by layer. Texts are
 * bytes in UTF-8, a character each.
 */
export const decodings = (text: string): Decoding[] => {
  const all: Decoding[] = [{ text, origin: index => index }]
  for (let layer = 0; layer < layers; layer += 1) {
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
  let shown = ''
  let end = 0
  for (const match of text.matchAll(encoded)) {
    for (let at = end; at < match.index; at += 1) origins[shown.length + at - end] = origin(at)
    shown += text.slice(end, match.index)
    const plain = meaningOf(match)
    for (let at = 0; at < plain.length; at += 1) origins[shown.length + at] = origin(match.index)
    shown += plain
    end = match.index + match[0].length
  }
  if (end === 0) return undefined
  for (let at = end; at <= text.length; at += 1) origins[shown.length + at - end] = origin(at)
  return { text: shown + text.slice(end), origin: index => origins[index] ?? 0 }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const meaningOf = ([, percent, high, low, unit, escaped, entity = '']: RegExpExecArray): string => {
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

/** A text as its bytes in UTF-8, a character each; an ASCII text stays what it is. */
export const bytesOf = (text: string): string => (isAscii(text) ? text : Buffer.from(text).toString('latin1'))

/** The text that such bytes are. */
export const textOf = (bytes: string): string => (isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString())

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)
