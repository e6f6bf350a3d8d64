import type { Why } from '../product/failure.js'
import type { Entry } from './entry.js'

/** Bytes of the objects of an entry, and of a request, without their texts. */
const overhead = 512

/** Approximate bytes of an entry, without a shared fingerprint. */
export const entryBytes = ({ login, answer, why, fingerprint, url, headers, body }: Entry): number => {
  const own = ownBytes(login, answer.body, why)
  return fingerprint ? own : own + requestBytes({ url, headers, body, token: undefined })
}

/** Approximate bytes of an entry without its request. */
export const ownBytes = (login: string | undefined, answered: string | undefined, why: Why | undefined): number =>
  overhead + (login?.length ?? 0) + textBytes(answered) + (why ? factBytes(why) : 0)

/** Approximate bytes of a request. */
export const requestBytes = ({
  url,
  headers,
  body,
  token
}: Pick<Entry, 'url' | 'headers' | 'body' | 'token'>): number =>
  overhead + url.length + textBytes(token) + textBytes(body) + headers.reduce((sum, text) => sum + 24 + text.length, 0)

/** V8 stores a text with one byte per character, or with two if any character is beyond Latin-1. */
const textBytes = (text: string | undefined): number => {
  if (text === undefined) return 0
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length
}

const factBytes = (why: object): number =>
  Object.values(why).reduce((sum: number, fact) => sum + (typeof fact === 'string' ? textBytes(fact) : 8), 0)
