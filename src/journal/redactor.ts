import { getOrCreate } from '../base/collections.js'
import type { Rule } from '../scenario/engine/rule.js'
import type { Scenario } from '../scenario/scenario.js'
import {
  bytesOf,
  type Hidden,
  hidden,
  KnownValues,
  minToken,
  type SpaceSecrets,
  shortToken,
  textOf
} from '../session/accounts.js'
import type { Entry } from './entry.js'
import {
  bareValue,
  type Decoding,
  decodings,
  isSecret,
  mayNameSecret,
  namedValues,
  passwordName,
  passwordsIn
} from './secret-fields.js'

export type Redactor = (text: string) => string

/** Secrets known by their value. */
interface KnownSecrets {
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
type RedactionCache = Map<string, readonly DecodedText[]>

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

/** Redacts many entries at one time: texts that several of them have are searched once. */
export class Redaction {
  readonly #bySecrets = new Map<SpaceSecrets | undefined, RedactionCache>()
  readonly #passwords = new Map<string, readonly string[]>()

  /** A redactor for the texts of an entry: its tokens, the passwords in its request, and the secrets of its space. */
  of(entry: Entry): Redactor {
    const { token, session, login, secrets } = entry
    const sent = this.#passwordsSent(entry).filter(password => password.toLowerCase() !== login?.toLowerCase())
    return createRedactor({
      tokens: [token, session?.token].filter(each => each !== undefined),
      passwords: sent,
      known: secrets?.known() ?? [],
      isToken: secrets && (word => secrets.isToken(word)),
      cache: getOrCreate(this.#bySecrets, secrets, () => new Map())
    })
  }

  #passwordsSent({ url, body = '', headers }: Entry): string[] {
    const sent = [...passwordsIn(url), ...passwordsIn(body)]
    for (let index = 1; index < headers.length; index += 2)
      sent.push(...this.#passwordsInHeader(headers[index - 1] ?? '', headers[index] ?? ''))
    return sent
  }

  #passwordsInHeader(name: string, value: string): readonly string[] {
    const key = `${name}: ${value}`
    const found = this.#passwords.get(key) ?? passwordsInHeader(name, value)
    if (this.#passwords.size < maxHeaders && key.length <= maxHeaderLength) this.#passwords.set(key, found)
    return found
  }
}

/** Headers whose passwords are kept, and the characters of such a header. */
const maxHeaders = 1000
const maxHeaderLength = 300

/** A redactor for texts of a space that are of no entry. */
export const redactorOf = (secrets: SpaceSecrets): Redactor => redactorOfAll([secrets])

/** A redactor for texts of several spaces, such as the output of a command. `passwords`: more secrets. */
export const redactorOfAll = (all: readonly SpaceSecrets[], passwords: readonly string[] = []): Redactor =>
  createRedactor({
    passwords,
    known: [...new Set(all.flatMap(secrets => secrets.known()))],
    isToken: word => all.some(secrets => secrets.isToken(word))
  })

/** The words of a command without the values of its secret options and fields. `redact` hides other secrets. */
export const redactedWords = (words: readonly string[], redact: Redactor = text => text): string[] => {
  const hide = createRedactor({ passwords: secretsInWords(words) })
  return words.map((word, index) => (isSecretArgument(words, index) ? hidden : redact(hide(word))))
}

/** The values of the secret options and fields in the words of a command. */
export const secretsInWords = (words: readonly string[]): string[] =>
  words.flatMap((word, index) => [...passwordsIn(word), ...(isSecretArgument(words, index) ? [word] : [])])

/** Whether the word before is an option with a secret name, such as `--password`. */
const isSecretArgument = (words: readonly string[], index: number): boolean => {
  const [, option = ''] = /^--?([\w-]+)$/.exec(words[index - 1] ?? '') ?? []
  return isSecret(option) && !words[index]?.startsWith('-')
}

/** A redactor for one entry. */
export const redactionOf = (entry: Entry): Redactor => new Redaction().of(entry)

const passwordsInHeader = (name: string, value: string): string[] => {
  if (passwordName.test(name)) return [value]
  const [, basic] = /^basic\s+([\w+/=-]+)/i.exec(value) ?? []
  const [, password] = /^[^:]*:(.+)$/s.exec(Buffer.from(basic ?? '', 'base64').toString()) ?? []
  return [...(password === undefined ? [] : [password]), ...passwordsIn(value)]
}

interface ScenarioSecrets {
  /** Whether there is any, also one that is too short to be known by its value. */
  readonly exist: boolean
  /** The passwords and tokens in its accounts, sessions and rules. */
  readonly known: KnownValues
  /** Its title, without them. */
  readonly title: string
  /** Its rules, with names and sentences that show none of them. */
  readonly rules: readonly Rule[]
}

const shared = new WeakMap<Scenario, ScenarioSecrets>()

/** The secrets of a scenario, shared by all spaces with this scenario. */
export const secretsOf = (scenario: Scenario): ScenarioSecrets => {
  const before = shared.get(scenario)
  if (before) return before
  const { known, exist } = collect(scenario)
  const redact = createRedactor({ known: [known] })
  const hide = (text: string) => (known.isEmpty && !mayNameSecret(text) ? text : redact(text))
  const rules = scenario.rules.map(rule => ({ ...rule, title: hide(rule.title), sentence: hide(rule.sentence) }))
  const found = { known, exist, title: hide(scenario.title), rules }
  shared.set(scenario, found)
  return found
}

const collect = ({ accounts, sessions, rules }: Scenario): Pick<ScenarioSecrets, 'known' | 'exist'> => {
  const listed = accounts === 'any' ? [] : accounts
  const logins = new Set(listed.map(({ login }) => login.toLowerCase()))
  const known = new KnownValues()
  let exist = false
  const add = (name: string, value: string): void => {
    // A password that is also a login would hide the login.
    if (logins.has(value.toLowerCase())) return
    exist = true
    if (passwordName.test(name)) known.addPassword(value)
    else for (const token of tokensIn(value)) known.addToken(token)
  }
  for (const each of [...listed, ...sessions, ...rules.map(({ document }) => document)]) walk(each, '', add)
  return { known, exist }
}

type Add = (name: string, value: string) => void

/** Passes the values of all secret fields, and those of fields within texts. */
const walk = (value: unknown, name: string, add: Add): void => {
  if (typeof value === 'object' && value !== null)
    for (const [key, each] of Object.entries(value)) walk(each, Array.isArray(value) ? name : key, add)
  if (typeof value !== 'string') return
  if (isSecret(name)) add(name, value)
  else for (const { name, from, to } of namedValues(value)) add(name, value.slice(from, to))
}

/** The value, without the scheme of an authorization, and the values of cookies. */
const tokensIn = (value: string): string[] => [
  value,
  value.replace(/^[A-Za-z]+\s+/, ''),
  ...[...value.matchAll(/=([^\s;,"]+)/g)].map(([, part = '']) => part)
]
