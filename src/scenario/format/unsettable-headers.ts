import { isFraming } from '../../http/head.js'
import { isRecord } from '../../kit/fields.js'
import type { Path, ValidationIssue } from '../validation-issue.js'

/** Errors for headers in an effect that the server itself derives from the body. */
export const unsettableHeaders = (item: unknown, path: Path): ValidationIssue[] => {
  if (!isRecord(item)) return []
  const { headers, reply } = item
  return [
    ...unsettable(headers, [...path, 'headers']),
    ...(isRecord(reply) ? unsettable(reply.headers, [...path, 'reply', 'headers']) : [])
  ]
}

const unsettable = (headers: unknown, path: Path): ValidationIssue[] =>
  (isRecord(headers) ? Object.keys(headers) : []).filter(isFraming).map(name => ({
    path: [...path, name],
    atKey: true,
    message: `${name} cannot be set: the server derives it from the body; ${remedy(name)}`
  }))

const remedy = (name: string): string =>
  /^content-length$/i.test(name)
    ? 'for a truncated response, write connection: truncate'
    : 'for a body in pieces, write dribble'
