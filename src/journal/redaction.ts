import type { Entry } from './entry.js'
import { createRedactor, passwordsIn, type Redactor } from './redactor.js'
import { passwordName } from './secret-fields.js'

/** A redactor for the texts of an entry: its tokens, the passwords in its request, and the secrets of its space. */
export const redactionOf = (entry: Entry): Redactor => {
  const { token, session, login, secrets } = entry
  const sent = passwordsSent(entry).filter(password => password.toLowerCase() !== login?.toLowerCase())
  return createRedactor({
    tokens: [token, session?.token].filter(each => each !== undefined),
    passwords: [...sent, ...(secrets?.passwords() ?? [])],
    isToken: secrets && (word => secrets.isToken(word))
  })
}

const passwordsSent = ({ url, body = '', headers }: Entry): string[] => [
  ...passwordsIn(url),
  ...passwordsIn(body),
  ...headers.flatMap((value, index) => (index % 2 === 1 ? passwordsInHeader(headers[index - 1] ?? '', value) : []))
]

const passwordsInHeader = (name: string, value: string): string[] => {
  if (passwordName.test(name)) return [value]
  const [, basic] = /^basic\s+([\w+/=-]+)/i.exec(value) ?? []
  const [, password] = /^[^:]*:(.+)$/s.exec(Buffer.from(basic ?? '', 'base64').toString()) ?? []
  return [...(password === undefined ? [] : [password]), ...passwordsIn(value)]
}
