import { multipartValues } from './multipart-values.js'
import type { NamedValue } from './named-value.js'
import { nestedValues, quotedEnd } from './nested-values.js'

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
