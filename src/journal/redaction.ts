import { getOrCreate } from '../base/get-or-create.js'
import { hidden, type SpaceSecrets } from '../state/secrets.js'
import type { Entry } from './entry.js'
import { passwordsIn } from './password-values.js'
import { createRedactor, type RedactionCache, type Redactor } from './redactor.js'
import { isSecret, passwordName } from './secret-fields.js'

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
