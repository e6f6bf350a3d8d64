import type { IncomingHttpHeaders } from 'node:http'
import { type MaybePromise, recover } from '../base/maybe-promise.js'
import { Failure } from './failure.js'

/**
 * What a body is, by its bytes and by its Content-Type as it was sent. Throws `Malformed` where it is none of its media type, or a
 * Failure.
 */
export type BodyReader = (bytes: Buffer, contentType: string) => MaybePromise<unknown>

/**
 * Readers by media type, in lower case and without parameters: `''` is for a body without a type, `'*'` for every type that is not
 * named. A body that nothing here is for is not looked at: it is undefined.
 */
export type BodyReaders = Readonly<Record<string, BodyReader>>

/** The bytes are no body of their media type. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/**
 * The body, or the Failure that whoever needs it is to throw. What else a reader throws is a bug, and thrown on.
 */
export const readBody = (readers: BodyReaders, bytes: Buffer, headers: IncomingHttpHeaders): MaybePromise<unknown> => {
  const contentType = headers['content-type'] ?? ''
  const reader = readerOf(readers, contentType)
  if (bytes.length === 0 || !reader) return undefined
  const encoding = headers['content-encoding']
  if (encoding !== undefined && !/^(?:\s*identity\s*)?$/i.test(encoding))
    return refusal({ reason: 'content-encoding', encoding })
  return recover(
    () => reader(bytes, contentType),
    thrown => {
      if (thrown instanceof Malformed) return refusal({ reason: 'malformed' })
      if (thrown instanceof Failure) return thrown
      throw thrown
    }
  )
}

/** The body of a request. Throws the Failure that it was read as. */
export const bodyOf = ({ body }: { readonly body: unknown }): unknown => {
  if (body instanceof Failure) throw body
  return body
}

const refusal = (why: NonNullable<Failure['detail']['why']>): Failure =>
  new Failure('bad-request', { variant: 'malformed', why })

const readerOf = (readers: BodyReaders, contentType: string): BodyReader | undefined => {
  if (Object.hasOwn(readers, contentType)) return readers[contentType]
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return Object.hasOwn(readers, type) ? readers[type] : readers['*']
}
