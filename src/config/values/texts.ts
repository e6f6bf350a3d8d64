import { UserError } from '../../base/user-error.js'
import { isText } from '../../scenario/format/source.js'
import { lastOf, type Parse } from './parse.js'

/** The path of a file or folder, which may not exist. */
export const path: Parse<string> = values => oneLine(lastOf(values), 'a path')

/** Paths of files. */
export const paths: Parse<readonly string[]> = values => values.map(value => oneLine(value, 'a path'))

/** Sent as `Authorization: Bearer <token>`, which takes visible ASCII characters. */
export const token: Parse<string> = values => {
  const value = oneLine(lastOf(values), 'a token')
  if (/^[\x21-\x7e]+$/.test(value)) return value
  throw new UserError('expected a token of ASCII letters, digits and signs, without spaces, as a header can carry it')
}

/** The name of a scenario or a path, in one line; or the text of a scenario, in any number of lines. */
export const scenario: Parse<string> = values => {
  const value = lastOf(values)
  return isText(value.trimEnd()) ? value : oneLine(value, 'a file, a name or a text')
}

export const keyPrefix: Parse<string> = values => {
  const prefix = lastOf(values)
  if (/^[\w.:-]{1,100}$/.test(prefix)) return prefix
  throw new UserError('expected 1 to 100 letters, digits, ".", ":", "_" or "-"')
}

/** A value from a file, such as a secret of Kubernetes or Docker, often ends in an invisible line break. */
const oneLine = (value: string, description: string): string => {
  if (/\p{Cc}$/u.test(value))
    throw new UserError(`expected ${description} in one line; it ends in a line break or another control character`)
  if (/\p{Cc}/u.test(value))
    throw new UserError(`expected ${description} in one line; there is a control character in it`)
  if (value.trim() !== value) throw new UserError(`expected ${description} without a space at its beginning or end`)
  return value
}
