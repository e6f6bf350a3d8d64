import { createRedactor, headerValue, type Redactor } from '../journal/redactor.js'
import { isRecord } from '../kit/fields.js'
import type { ReceivedAnswer } from './answer.js'
import type { Cases } from './case.js'
import { tokenOf } from './opened-sessions.js'

/** A redactor for the passwords, and for the tokens in these responses. */
export const hidingRedactor = (
  passwords: readonly string[],
  answers: readonly ReceivedAnswer[],
  cases: Cases
): Redactor => createRedactor({ passwords, tokens: answers.flatMap(answer => tokenOf(answer, cases) ?? []) })

/** Redacts all texts in a value; those under `headers` also by their header names. */
export const hideIn = <Value>(value: Value, redact: Redactor): Value => redactTexts(value, redact) as Value

const redactTexts = (value: unknown, redact: Redactor): unknown => {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(each => redactTexts(each, redact))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'headers' && isRecord(each) ? hideHeaders(each, redact) : redactTexts(each, redact)
    ])
  )
}

const hideHeaders = (headers: Readonly<Record<string, unknown>>, redact: Redactor): object =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerValue(name, String(value), redact)]))
