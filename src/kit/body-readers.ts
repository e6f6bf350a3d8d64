import { type BodyReader, Malformed } from '../product/body.js'
import { Failure } from '../product/failure.js'
import { readForm, utf8 } from './decoding.js'
import { isRecord } from './fields.js'
import { parseForm } from './formbody.js'
import { readMultipart } from './multipart.js'

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
