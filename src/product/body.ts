import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import formbody from '@fastify/formbody'
import { type MaybePromise, recover } from '../base/promises.js'
import { Failure } from './failure.js'
import { isRecord } from './fields.js'

/** Parses a body. `contentType`: the header as sent. Throws `Malformed` if the bytes do not match the media type, or a Failure. */
type BodyReader = (bytes: Buffer, contentType: string) => MaybePromise<unknown>

/**
 * Readers by media type in lower case without parameters; `''`: no Content-Type, `'*'`: any other type. Without a reader, a body is
 * ignored, and `request.body` is undefined.
 */
export type BodyReaders = Readonly<Record<string, BodyReader>>

/** The bytes do not match their media type. */
class Malformed extends Error {
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

/** Any JSON value; undefined for white space only. A leading byte order mark is ignored. Throws Malformed. */
export const json: BodyReader = bytes => {
  const text = utf8(bytes).trim()
  return text === '' ? undefined : parseJson(text)
}

/** A JSON object; undefined for white space only. Throws Malformed. */
export const jsonObject: BodyReader = (bytes, contentType) => {
  const value = json(bytes, contentType)
  if (value === undefined || isRecord(value)) return value
  throw new Malformed('not a JSON object')
}

/** The fields of an urlencoded form; the last value of a repeated one. Throws Malformed. */
export const form: BodyReader = bytes => readForm(bytes)

/** The fields of an urlencoded form; invalid percent-encoding is kept as text, and a repeated field is a list. Never throws. */
export const lenientForm: BodyReader = bytes => parseForm(bytes.toString())

/** The fields of a `multipart/form-data` body; the last value of a repeated one. Throws Malformed. */
export const multipart: BodyReader = (bytes, contentType) => readMultipart(contentType, bytes)

/** For unsupported media types: a `bad-request` with the variant `media-type`. */
export const otherType: BodyReader = () =>
  new Failure('bad-request', { variant: 'media-type', why: { reason: 'media-type' } })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Malformed(String(error))
  }
}

/** Fields by name; of a repeated one all values, in their order. */
type FormFields = Readonly<Record<string, string | readonly string[]>>

type Parse = (request: undefined, body: string, done: (error: Error | null, fields: FormFields) => void) => void

/**
 * The fields of an urlencoded form as @fastify/formbody reads it: whatever encodes nothing stands for itself, and a repeated field is
 * a list. The plugin registers its parser on an instance of Fastify; here the body has been read already, and the parser is called.
 */
export const parseForm = (body: string): FormFields => {
  let fields: FormFields = {}
  parser(undefined, body, (error, parsed) => {
    if (error) throw error
    fields = parsed
  })
  return fields
}

/** What the plugin uses of an instance of Fastify. */
interface ParserRegistry {
  addContentTypeParser(type: string, options: object, parse: Parse): unknown
}

const plugin: { register(app: ParserRegistry, options: object, done: () => void): void } = { register: formbody }
const registered: Parse[] = []
plugin.register({ addContentTypeParser: (_type, _options, parse) => registered.push(parse) }, {}, () => undefined)
const [parser = () => undefined] = registered

/**
 * The fields of a `multipart/form-data` body; the last value of a repeated one. Files and parts without a name are ignored.
 * Throws Malformed if the body is malformed or truncated, the boundary is missing, or a value is not UTF-8.
 */
export const readMultipart = async (contentType: string, body: Buffer): Promise<Record<string, string>> => {
  if (body.length === 0) return {}
  const { Busboy } = await import('./busboy.js')
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown) => reject(new Malformed(String(error)))
    const fields = new Map<string, string>()
    const form = parserOf(() => new Busboy({ headers: { 'content-type': contentType } }))
    form.on('field', (name: string | undefined, value) => {
      if (value.includes('\uFFFD')) refuse(`the field ${name} is not UTF-8`)
      if (name !== undefined) fields.set(name, value)
    })
    // A truncated file emits its own error, and an unhandled one would end the process.
    form.on('file', (_name, file) => file.on('error', refuse).resume())
    form.on('finish', () => resolve(Object.fromEntries(fields)))
    form.on('error', refuse)
    form.end(body)
  })
}

/** Busboy throws if the Content-Type has no boundary. A TypeError is a bug of its caller. */
const parserOf = <Parser>(create: () => Parser): Parser => {
  try {
    return create()
  } catch (error) {
    throw error instanceof TypeError ? error : new Malformed(String(error))
  }
}

/** Decodes UTF-8, without a byte order mark. Throws Malformed for other bytes. */
export const utf8 = (bytes: Buffer): string => {
  if (!isUtf8(bytes)) throw new Malformed('bytes that are not UTF-8')
  const text = bytes.toString()
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** The fields of an urlencoded form; the last value of a repeated one. Throws Malformed if the text, encoded or decoded, is not UTF-8. */
export const readForm = (body: Buffer): Record<string, string> => {
  const encoded = utf8(body)
  if (!isDecodable(encoded)) throw new Malformed('percent-encoding that is not UTF-8')
  return Object.fromEntries(Object.entries(parseForm(encoded)).map(lastOf))
}

const lastOf = ([name, value]: [string, string | readonly string[]]): [string, string] => [
  name,
  typeof value === 'string' ? value : (value.at(-1) ?? '')
]

/** Whether the percent-encoding of the text is valid and encodes UTF-8. */
export const isDecodable = (encoded: string): boolean => {
  if (!encoded.includes('%')) return true
  try {
    decodeURIComponent(encoded)
    return true
  } catch {
    return false
  }
}
