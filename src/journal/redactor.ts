import { bytesOf, type Hidden, hidden, KnownValues, minToken, shortToken, textOf } from '../state/secrets.js'
import { type Decoding, decodings } from './decodings.js'
import { bareValue } from './password-values.js'
import { isSecret, namedValues, passwordName } from './secret-fields.js'

export type Redactor = (text: string) => string

/** Secrets known by their value. */
export interface KnownSecrets {
  /** Abbreviated everywhere. */
  readonly tokens?: readonly string[]
  /** Replaced everywhere. */
  readonly passwords?: readonly string[]
  /** More tokens and passwords. */
  readonly known?: readonly KnownValues[]
  /** Recognises tokens that are not among these. */
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

/** A text without layers of encoding, and the places of secrets in it. */
interface DecodedText extends Decoding {
  /** In lower case. */
  readonly folded: string
  readonly named: readonly Hidden[]
  readonly tokens: readonly Hidden[]
}

/**
 * Hides secrets in a text: the known ones, in any letter case and encoding, and the values of fields with a secret name in
 * paths, queries, forms, JSON, XML and multipart. Runs in linear time.
 */
export const createRedactor = ({ tokens = [], passwords = [], known = [], isToken, cache }: KnownSecrets): Redactor => {
  const own = new KnownValues()
  for (const token of tokens) own.addToken(token)
  for (const password of passwords) own.addPassword(password)
  const values = [own, ...known].filter(({ isEmpty }) => !isEmpty)
  return text => (text === '' ? text : redacted(text, values, decodedTexts(text, isToken, cache)))
}

const redacted = (text: string, values: readonly KnownValues[], texts: readonly DecodedText[]): string => {
  const all = texts.flatMap(({ folded, origin, named, tokens }) =>
    [...named, ...values.flatMap(known => known.find(folded)), ...tokens].map(({ from, to, brief }) => {
      const [start, end] = origin(from, to)
      return { from: start, to: end, brief }
    })
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
    folded: text.toLowerCase(),
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

/** The tokens among the words of a text. A token may contain colons, or follow a name and a colon. */
const words = (text: string, isToken: (word: string) => boolean): Hidden[] =>
  [...text.matchAll(/[\w:-]{8,}/g)].flatMap(({ 0: run, index }) =>
    candidates(run)
      .filter(([from, to]) => to - from >= minToken && to - from <= maxWord && isToken(run.slice(from, to)))
      .map(([from, to]) => ({ from: index + from, to: index + to, brief: shortToken(run.slice(from, to)) }))
  )

/** Characters of a word that may be a token. */
const maxWord = 256

const candidates = (run: string): (readonly [from: number, to: number])[] => {
  const parts = [...run.matchAll(/[^:]+/g)].map(({ 0: part, index }) => [index, index + part.length] as const)
  return run.includes(':') ? [[0, run.length], [run.indexOf(':') + 1, run.length], ...parts] : [[0, run.length]]
}

/** A value without its known secrets, abbreviated unless it was nothing else. */
const shortValue = (value: string, shown: string): string =>
  value === '' || (shown !== value && shown.length <= shortToken(value).length) ? shown : shortToken(shown)

/** A header value, hidden if its name marks it as a secret. */
export const headerValue = (name: string, value: string, redact: Redactor): string => {
  if (!isSecret(name)) return redact(value)
  if (passwordName.test(name)) return hidden
  const [, scheme = '', rest = ''] = /^([A-Za-z]+\s+)?(?:token=)?"?(.*?)"?$/s.exec(value) ?? []
  return `${scheme}${/^basic/i.test(scheme) ? hidden : shortValue(rest, redact(rest))}`
}
