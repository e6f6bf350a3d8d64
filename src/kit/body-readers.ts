import { type BodyReader, Malformed } from '../product/body.js'
import { Failure } from '../product/failure.js'
import { readForm, utf8 } from './decoding.js'
import { isRecord } from './fields.js'
import { parseForm } from './formbody.js'
import { readMultipart } from './multipart.js'

/** Any JSON value; undefined where there is nothing but white space. A byte order mark before it does not matter. */
export const json: BodyReader = bytes => {
  const text = utf8(bytes).trim()
  return text === '' ? undefined : parseJson(text)
}

/** The same, where only an object is a body. */
export const jsonObject: BodyReader = (bytes, contentType) => {
  const value = json(bytes, contentType)
  if (value === undefined || isRecord(value)) return value
  throw new Malformed('not a JSON object')
}

/** The fields of an urlencoded form; of a repeated one the last. */
export const form: BodyReader = bytes => readForm(bytes)

/** The same, where whatever encodes nothing stands for itself, and a repeated field is a list. */
export const lenientForm: BodyReader = bytes => parseForm(bytes.toString())

/** The fields of a `multipart/form-data` body; of a repeated one the last. */
export const multipart: BodyReader = (bytes, contentType) => readMultipart(contentType, bytes)

/** For a body of a type that is not taken. */
export const otherType: BodyReader = () =>
  new Failure('bad-request', { variant: 'media-type', why: { reason: 'media-type' } })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Malformed(String(error))
  }
}
