import { isUtf8 } from 'node:buffer'
import { bytesOf, textOf } from '../session/accounts.js'

export const passwordName = /passw|passphrase|passcode|pwd|secret|credential/i
const tokenName = /(?:tokens?|session[_-]?(?:key|id)s?|api[_-]?keys?|authorization|^(?:set-)?cookie)$/i

/** Whether a text may have the name of a secret field, without encodings. */
export const mayNameSecret = (text: string): boolean =>
  passwordName.test(text) || /token|session.?(?:key|id)|api.?key|authorization|cookie/i.test(text)

/** Whether a field or header of this name is a secret. */
export const isSecret = (name: string): boolean => passwordName.test(name) || tokenName.test(name)

/**
 * The values of all secret fields in a text: query or form, JSON, XML with attributes, YAML, multipart. Reads each character a
 * bounded number of times, for any text.
 */
export const namedValues = (text: string): NamedValue[] => {
  const parts = multipartValues(text, isSecretName)
  const plain = parts === undefined && !/^\s*(?:[[{<]|--)/.test(text)
  return [...(parts ?? []), ...scan({ text, plain, json: /^\s*[[{]/.test(text) })]
}

/** Whether a URL has a secret parameter with a value. A part of a path, as in `/password/reset`, may be something else. */
export const namesSecret = (url: string): boolean =>
  namedValues(url).some(({ from, to }) => from < to && url[from - 1] !== '/')

interface Source {
  readonly text: string
  /** A form, a query or a line of text: an unquoted value ends at the next field. */
  readonly plain: boolean
  readonly json: boolean
}

/** A start or end tag, or the characters of a name. */
const names = /<\/?[\w.:-]+|(?:[\w.$@[\]-]|%[\da-fA-F]{2}|\\u[\da-fA-F]{4}|[^\0-\x7f])+/g

const scan = (source: Source): NamedValue[] => {
  const { text } = source
  const found: NamedValue[] = []
  const pattern = new RegExp(names)
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const name = plainName(match[0])
    if (!isSecretName(name)) continue
    const values = name.startsWith('<')
      ? elementValues(text, name, pattern.lastIndex)
      : valuesAfter(source, name, match)
    found.push(...values)
    pattern.lastIndex = Math.max(pattern.lastIndex, values.at(-1)?.to ?? 0)
  }
  return found
}

const isSecretName = (name: string): boolean => !name.startsWith('</') && isSecret(name)

/** The name of a field without up to three layers of encoding: `user%255Bpassword%255D` is a password. */
const plainName = (name: string): string => {
  let plain = name
  for (let pass = 0; pass < 3 && /[%\\]/.test(plain); pass += 1)
    plain = plain.replace(/%([\da-f]{2})|\\u00([\da-f]{2})/gi, (_, percent, escaped) =>
      String.fromCharCode(Number.parseInt(percent ?? escaped, 16))
    )
  return plain.replace(/(?<![[\]])[[\]]+$/, '')
}

/** `<name attribute="…">text</name>`, with the texts of all nested elements. An attribute may be secret by its own name. */
const elementValues = (text: string, name: string, after: number): NamedValue[] => {
  const tag = sticky(/(?:\s[^<>]*)?>/y, text, after)
  if (tag === undefined || tag.endsWith('/>')) return []
  const attributes = scan({ text: tag, plain: false, json: false })
  const shifted = attributes.map(({ name, from, to }) => ({ name, from: from + after, to: to + after }))
  return [...shifted, ...elementTexts(text, after + tag.length).map(([from, to]) => ({ name, from, to }))]
}

/**
 * The texts up to the end tag of the element that starts before `start`. The last position is empty: the end of that element.
 */
const elementTexts = (text: string, start: number): [number, number][] => {
  const texts: [number, number][] = []
  let at = start
  for (let depth = 1; at < text.length; ) {
    const to = textEnd(text, at)
    if (texts.length === 0 || text.slice(at, to).trim() !== '') texts.push([at, to])
    const tag = sticky(/<(?:[^<>]*>)?/y, text, to) ?? ''
    if (tag.startsWith('</')) depth -= 1
    else if (/^<[\w.:-]+/.test(tag) && !tag.endsWith('/>')) depth += 1
    at = to + Math.max(tag.length, 1)
    if (depth === 0) break
  }
  return [...texts, [at, at]]
}

/** The position of the next tag; CDATA is text. */
const textEnd = (text: string, start: number): number => {
  let at = start
  while (text.startsWith('<![CDATA[', at) || (at < text.length && text[at] !== '<')) {
    const end = text[at] === '<' ? text.indexOf(']]>', at) : text.indexOf('<', at)
    if (end < 0) return text.length
    at = text[at] === '<' ? end + 3 : end
  }
  return at
}

const separator = /(\\{0,7}["'])?\s*(=>?|:)\s*/y

/** The values of `/name/value`, `name=value`, `"name": value` and `name: value`. */
const valuesAfter = (source: Source, name: string, { index, 0: { length } }: RegExpExecArray): NamedValue[] => {
  const { text } = source
  // A collection, as in `/tokens/list` or `/run/secrets/…`, is followed by no secret.
  const part =
    text[index - 1] === '/' && !/s$/i.test(name) ? sticky(/\/[^/?#;&\s"'<>]+/y, text, index + length) : undefined
  if (part !== undefined) return [{ name, from: index + length + 1, to: index + length + part.length }]
  separator.lastIndex = index + length
  const [whole, quote, sign] = separator.exec(text) ?? []
  if (whole === undefined || (sign === ':' && quote === undefined && !isKey(text, index))) return []
  // The value in a query begins directly after the sign.
  const from = index + length + (sign === '=' && source.plain ? whole.trimEnd().length : whole.length)
  if (sign !== '=' && /[[{]/.test(text[from] ?? ''))
    return nestedValues(text, from).map(([from, to]) => ({ name, from, to }))
  const [start, to] = scalar(source, sign === '=', from)
  return /^(?:null|true|false)$/.test(text.slice(start, to)) ? [] : [{ name, from: start, to }]
}

/** An unquoted name before a colon is a key only at the beginning of a line, an object or a list item. */
const isKey = (text: string, index: number): boolean =>
  /(?:^|[\r\n{,;&?"'-])\s*$/.test(text.slice(Math.max(index - 50, 0), index))

const scalar = ({ text, plain, json }: Source, isField: boolean, from: number): readonly [number, number] => {
  const quote = sticky(/\\{0,7}["']/y, text, from)
  const isQuoted = quote !== undefined && !(isField && (plain || (json && quote.length === 1)))
  if (isQuoted) return [from + quote.length, quotedEnd(text, quote, from + quote.length)]
  return [from, from + (sticky(bare(plain, json, isField), text, from) ?? '').length]
}

const bare = (plain: boolean, json: boolean, isField: boolean): RegExp => {
  if (isField) return plain ? /[^&\r\n]*/y : /[^&\s"'<>]*/y
  return json ? /[^,}\]\r\n"'<>&]*/y : /[^\r\n"'<>]*/y
}

/** The match of a sticky pattern at this position. */
const sticky = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** A secret field: its name, and the start and end of its value in the text. */
interface NamedValue {
  readonly name: string
  readonly from: number
  readonly to: number
}

/**
 * The end of the quoted text that begins at `from`: the same quote with the same number of backslashes, or the end of the text.
 */
const quotedEnd = (text: string, quote: string, from: number): number => {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1))
    if (quote.length > 1 || !isEscaped(text, at, from)) return at
  return text.length
}

const isEscaped = (text: string, at: number, from: number): boolean => {
  let start = at
  while (start > from && text[start - 1] === '\\') start -= 1
  return (at - start) % 2 === 1
}

const piece = /\\{0,7}["']|[[{\]}]|[^\s"'[\]{},:\\]+|[\s\S]/y

/**
 * The positions of all values, without keys, in the JSON object or list that begins at `start`. The last position is empty: the
 * end of that object or list.
 */
const nestedValues = (text: string, start: number): [number, number][] => {
  const found: [number, number][] = []
  let at = start
  for (let depth = 0; at < text.length; ) {
    piece.lastIndex = at
    const [token = ''] = piece.exec(text) ?? []
    const from = /["']$/.test(token) ? at + token.length : at
    const to = from > at ? quotedEnd(text, token, from) : at + token.length
    at = from > at ? to + token.length : to
    if (/^[[{]$/.test(token)) depth += 1
    else if (/^[\]}]$/.test(token)) depth -= 1
    else if (isValue(text, token, at)) found.push([from, Math.min(to, text.length)])
    if (depth === 0) break
  }
  return [...found, [at, at]]
}

const isValue = (text: string, token: string, after: number): boolean => {
  if (/^(?:[\s,:\\]|null|true|false)$/.test(token)) return false
  colon.lastIndex = after
  return !colon.test(text)
}

const colon = /\s*:/y

/** The values of the password fields in a text, as written and decoded. */
export const passwordsIn = (text: string): string[] =>
  namedValues(text)
    .filter(({ name, from, to }) => from < to && passwordName.test(name))
    .slice(0, maxPasswords)
    .flatMap(({ from, to }) => plainValues(bareValue(text.slice(from, to))))

/** Limits the time for a text with many passwords; further ones are hidden only where they are. */
const maxPasswords = 20

const plainValues = (value: string): string[] =>
  decodings(bytesOf(value)).flatMap(({ text }) => {
    const plain = textOf(text)
    return plain.includes('+') ? [plain, plain.replaceAll('+', ' ')] : [plain]
  })

/** A value without the CDATA section around it. */
export const bareValue = (value: string): string => /^<!\[CDATA\[([\s\S]*?)(?:\]\]>)?$/.exec(value)?.[1] ?? value

const disposition = /content-disposition:/gi

/**
 * The secret parts of a multipart body, each from the empty line after its headers to the next boundary. Undefined if the text
 * has no part. The preamble is ignored.
 */
const multipartValues = (text: string, isSecret: (name: string) => boolean): NamedValue[] | undefined => {
  const pattern = new RegExp(disposition)
  let found: NamedValue[] | undefined
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    found ??= []
    const blank = /\r?\n\r?\n/g
    blank.lastIndex = match.index
    const end = blank.exec(text)
    if (!end) break
    const from = end.index + end[0].length
    const name = namesIn(text.slice(match.index, end.index)).find(isSecret)
    const to = name === undefined ? from : partEnd(text, from)
    if (name !== undefined) found.push({ name, from, to })
    pattern.lastIndex = to
  }
  return found
}

const namesIn = (headers: string): string[] =>
  [...headers.matchAll(/[;\s]name\*?=(?:"([^"\r\n]*)"|([^\s;"]+))/gi)].map(([, quoted, bare = '']) => quoted ?? bare)

const partEnd = (text: string, from: number): number => {
  const boundary = /\r?\n--/g
  boundary.lastIndex = from
  return boundary.exec(text)?.index ?? text.length
}

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
    decodedWith(last, base64, decodeBase64),
    isJoined ? decodedWith(last, base64Part, decodeBase64) : undefined
  ]
  return [...plain, ...fromBase64.flatMap(decoding => (decoding ? unescapedLayers(decoding) : []))]
}

const unescapedLayers = (first: Decoding): Decoding[] => {
  const all = [first]
  for (let layer = 0; layer < maxLayers; layer += 1) {
    const last = all.at(-1)
    const next = last && /[%\\&]/.test(last.text) ? decodedWith(last, escapes, decodeEscape) : undefined
    if (!next) break
    all.push(next)
  }
  return all
}

type Decode = (match: RegExpExecArray) => string | undefined

/** The text with the decoded ones of the matches; undefined if there are none. All characters of a decoded match are at its place. */
const decodedWith = (source: Decoding | undefined, pattern: RegExp, decode: Decode): Decoding | undefined => {
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
