import type { IncomingHttpHeaders } from 'node:http'
import { type MaybePromise, recover } from '../base/maybe-promise.js'
import { Failure } from './failure.js'

/** Parses a body. `contentType`: the header as sent. Throws `Malformed` if the bytes do not match the media type, or a Failure. */
export type BodyReader = (bytes: Buffer, contentType: string) => MaybePromise<unknown>

/**
 * Readers by media type in lower case without parameters; `''`: no Content-Type, `'*'`: any other type. Without a reader, a body is
 * ignored, and `request.body` is undefined.
 */
export type BodyReaders = Readonly<Record<string, BodyReader>>

/** The bytes do not match their media type. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/** The parsed body, or a Failure that is thrown by `bodyOf`. Rethrows other errors of a reader, as these are bugs. */
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

/** The parsed body of a request. Throws its Failure if it was unreadable. */
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
