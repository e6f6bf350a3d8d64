import type { Why } from '../product/failure.js'
import type { Entry } from './entry.js'

/** Bytes of an entry's own objects, and of a request's. */
const overhead = 512

/** The bytes that an entry takes for itself, about. */
export const entryBytes = ({ login, answer, why, fingerprint, url, headers, body }: Entry): number => {
  const own = ownBytes(login, answer.body, why)
  return fingerprint ? own : own + requestBytes({ url, headers, body, token: undefined })
}

/** The bytes of an entry without its request, about. */
export const ownBytes = (login: string | undefined, answered: string | undefined, why: Why | undefined): number =>
  overhead + textBytes(login) + textBytes(answered) + (why ? factBytes(why) : 0)

/** The bytes of what a client sent, about. */
export const requestBytes = ({
  url,
  headers,
  body,
  token
}: Pick<Entry, 'url' | 'headers' | 'body' | 'token'>): number =>
  overhead + url.length + textBytes(token) + textBytes(body) + headers.reduce((sum, text) => sum + 24 + text.length, 0)

/** V8 keeps a text in one byte for each character, or where one of them is beyond Latin-1, in two. */
const textBytes = (text: string | undefined): number => {
  if (text === undefined) return 0
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length
}

const factBytes = (why: object): number =>
  Object.values(why).reduce((sum: number, fact) => sum + (typeof fact === 'string' ? textBytes(fact) : 8), 0)
