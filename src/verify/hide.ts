import { createRedactor, headerValue, type Redactor } from '../journal/redactor.js'
import { isRecord } from '../kit/fields.js'
import type { ReceivedAnswer } from './answer.js'
import type { Cases } from './case.js'
import { tokenOf } from './opened-sessions.js'

/** Hides the passwords and the tokens of these answers wherever they stand. */
export const hidingRedactor = (
  passwords: readonly string[],
  answers: readonly ReceivedAnswer[],
  cases: Cases
): Redactor => createRedactor({ passwords, tokens: answers.flatMap(answer => tokenOf(answer, cases) ?? []) })

/** The value with all its texts redacted; those under `headers` by the names of their headers, too. */
export const hideIn = <Value>(value: Value, redact: Redactor): Value => hidden(value, redact) as Value

const hidden = (value: unknown, redact: Redactor): unknown => {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(each => hidden(each, redact))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'headers' && isRecord(each) ? hideHeaders(each, redact) : hidden(each, redact)
    ])
  )
}

const hideHeaders = (headers: Readonly<Record<string, unknown>>, redact: Redactor): object =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerValue(name, String(value), redact)]))
