import { bytesOf, type Decoding, decodings, textOf } from './decodings.js'
import { bareValue } from './password-values.js'
import { isSecret, namedValues, passwordName } from './secret-fields.js'

/** `1f39…1d93`: enough to recognise a token, too little to use it. */
export const shortToken = (token: string): string =>
  token.length < 12 ? hidden : `${token.slice(0, 4)}…${token.slice(-4)}`

/** The replacement of a password. No part of it is shown, as it may be short, or used elsewhere by a person. */
const hidden = '…'

export type Redactor = (text: string) => string

/** Secrets known by their value. */
export interface KnownSecrets {
  /** Abbreviated everywhere. */
  readonly tokens: readonly string[]
  /** Replaced everywhere. */
  readonly passwords?: readonly string[]
  /** Recognises tokens that are not in `tokens`. */
  readonly isToken?: ((word: string) => boolean) | undefined
  /** For texts that occur in many entries: found once for all redactors with the same `isToken`. */
  readonly cache?: RedactionCache | undefined
}

/** What is found in short texts without the known tokens and passwords, by text. */
export type RedactionCache = Map<string, readonly DecodedText[]>

/** Texts of a cache; of more, the others are not kept. */
const maxCached = 1000

/** Characters of a text that is kept. */
const maxCachedLength = 300

/** A text with one layer of encoding removed, and the places of secrets in it. */
interface DecodedText extends Decoding {
  readonly named: readonly Hidden[]
  readonly tokens: readonly Hidden[]
}

/**
 * Hides secrets in a text: the known ones, plain or encoded, and the values of fields with a secret name in queries, forms,
 * JSON, XML and multipart. Runs in linear time.
 */
export const createRedactor = ({ tokens, passwords = [], isToken, cache }: KnownSecrets): Redactor => {
  const needles = [
    ...[...new Set(tokens)].filter(token => token.length >= minUnique).map(token => needleOf(token, shortToken(token))),
    ...[...new Set(passwords)].filter(isDistinctive).map(password => needleOf(password, hidden))
  ].sort((a, b) => b.bytes.length - a.bytes.length)
  return text => (text === '' ? text : redacted(text, needles, decodedTexts(text, isToken, cache)))
}

/** Shorter tokens occur in texts by chance. They are hidden only as values of secret fields. */
const minUnique = 8

/** Short passwords, and common words of protocols, are hidden only as values of secret fields. */
const isDistinctive = (password: string): boolean => password.length >= 4 && !commonWords.test(password)

const commonWords =
  /^(?:pass|passw(?:or)?d|pwd|secret|token|session|login|username|user|name|true|false|null|json|http|https|application|text)$/i

interface Needle {
  readonly bytes: string
  readonly brief: string
  /** A short secret matches only as a whole word. */
  readonly isWord: boolean
  /** Only the beginning of a long secret is searched; the rest of the word is hidden with it. */
  readonly isCut: boolean
}

const maxNeedle = 256

const needleOf = (secret: string, brief: string): Needle => {
  const bytes = bytesOf(secret)
  const isCut = bytes.length > maxNeedle
  return { bytes: bytes.slice(0, maxNeedle), brief, isWord: secret.length < minUnique, isCut }
}

interface Hidden {
  readonly from: number
  readonly to: number
  readonly brief: string
}

const redacted = (text: string, needles: readonly Needle[], texts: readonly DecodedText[]): string => {
  const all = texts.flatMap(({ text, origin, named, tokens }) =>
    [...named, ...known(text, needles), ...tokens].map(({ from, to, brief }) => ({
      from: origin(from),
      to: origin(to),
      brief
    }))
  )
  return all.length === 0 ? text : replaced(bytesOf(text), all)
}

const decodedTexts = (
  text: string,
  isToken: KnownSecrets['isToken'],
  cache: RedactionCache | undefined
): readonly DecodedText[] => {
  const cached = cache?.get(text)
  if (cached) return cached
  const texts = decodings(bytesOf(text)).map(({ text, origin }) => ({
    text,
    origin,
    named: named(text),
    tokens: isToken ? words(text, isToken) : []
  }))
  if (cache && cache.size < maxCached && text.length <= maxCachedLength) cache.set(text, texts)
  return texts
}

/** Of overlapping places, the first one decides the replacement. */
const replaced = (bytes: string, places: readonly Hidden[]): string => {
  const pieces: string[] = []
  let end = 0
  for (const { from, to, brief } of [...places].sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (from >= end) pieces.push(textOf(bytes.slice(end, from)), brief)
    end = Math.max(end, to)
  }
  return pieces.join('') + textOf(bytes.slice(end))
}

const named = (text: string): Hidden[] =>
  namedValues(text)
    .filter(({ from, to }) => from < to)
    .map(({ name, from, to }) => ({ from, to, brief: briefOf(name, text.slice(from, to)) }))

const briefOf = (name: string, value: string): string => {
  if (passwordName.test(name)) return hidden
  return shortToken(decoded(textOf(/^[^;]*/.exec(bareValue(value))?.[0] ?? '')))
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const known = (text: string, needles: readonly Needle[]): Hidden[] =>
  needles.flatMap(needle => {
    const { bytes, brief } = needle
    const found: Hidden[] = []
    for (let at = text.indexOf(bytes); at >= 0; ) {
      const to = needle.isCut ? wordEnd(text, at + bytes.length) : at + bytes.length
      if (!needle.isWord || isWord(text, at, to)) found.push({ from: at, to, brief })
      at = text.indexOf(bytes, to)
    }
    return found
  })

const isWord = (text: string, from: number, to: number): boolean =>
  !/\w/.test(text[from - 1] ?? '') && !/\w/.test(text[to] ?? '')

const wordEnd = (text: string, at: number): number => {
  const end = /[?\s"'<>&;,]|$/g
  end.lastIndex = at
  return end.exec(text)?.index ?? text.length
}

/** The tokens among the words of a text. A token may contain colons, or follow a name and a colon. */
const words = (text: string, isToken: (word: string) => boolean): Hidden[] =>
  [...text.matchAll(/[\w:-]{8,}/g)].flatMap(({ 0: run, index }) =>
    candidates(run)
      .filter(([from, to]) => to - from >= minUnique && to - from <= maxNeedle && isToken(run.slice(from, to)))
      .map(([from, to]) => ({ from: index + from, to: index + to, brief: shortToken(run.slice(from, to)) }))
  )

const candidates = (run: string): (readonly [from: number, to: number])[] => {
  const parts = [...run.matchAll(/[^:]+/g)].map(({ 0: part, index }) => [index, index + part.length] as const)
  return run.includes(':') ? [[0, run.length], [run.indexOf(':') + 1, run.length], ...parts] : [[0, run.length]]
}

/** A header value, hidden if its name marks it as a secret. */
export const headerValue = (name: string, value: string, redact: Redactor): string => {
  if (!isSecret(name)) return redact(value)
  if (passwordName.test(name)) return hidden
  const [, scheme = '', rest = ''] = /^([A-Za-z]+\s+)?(?:token=)?"?(.*?)"?$/s.exec(value) ?? []
  return `${scheme}${/^basic/i.test(scheme) ? hidden : rest && shortToken(rest)}`
}
