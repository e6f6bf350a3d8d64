import { UserError } from '../base/user-error.js'
import type { Product } from '../product/product.js'
import { createChecks } from '../scenario/format/schema-check.js'
import { formatPath, type Path } from '../scenario/validation-issue.js'
import type { ReceivedAnswer } from './answer.js'
import type { Cases } from './case.js'
import type { Values } from './fill.js'
import { tokenOf } from './opened-sessions.js'
import type { Observation, Run } from './player.js'
import { createPseudonyms } from './pseudonyms.js'
import { recordSchema } from './record-schema.js'

/** The responses of a server, for a later comparison. */
export interface ServerRecord {
  readonly format: 'session-mock verify-real 1'
  readonly product: string
  readonly server: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly milliseconds: number
  readonly login: string
  readonly options: Values
  readonly sessions: Run['sessions']
  readonly stopped?: string
  readonly observations: readonly RecordedObservation[]
}

interface RecordedObservation extends Pick<Observation, 'skipped' | 'lost'> {
  readonly case: string
  readonly answer?: ReceivedAnswer
  readonly values: Values
}

export interface RecordOptions {
  readonly product: Product
  readonly cases: Cases
  readonly real: Run
  readonly server: string
  readonly startedAt: string
  readonly milliseconds: number
  readonly login: string
  readonly options: Values
  /** Passwords and secret options. */
  readonly secrets: readonly string[]
}

/** A record without secrets: real tokens are replaced by others of the same form. */
export const createRecord = ({ product, cases, real, secrets, options, ...facts }: RecordOptions): ServerRecord => {
  const tokens = real.observations.flatMap(({ answer, values }) => [
    ...[values.token ?? [], values['dead token'] ?? []].flat(),
    ...(answer ? [tokenOf(answer, cases) ?? []].flat() : [])
  ])
  const rename = createPseudonyms(tokens, product)
  const long = secrets.filter(({ length }) => length >= minSecret)
  const hide = (text: string) => long.reduce((result, secret) => result.replaceAll(secret, '…'), rename(text))
  return {
    format: 'session-mock verify-real 1',
    product: product.name,
    ...facts,
    options: publicValues(options, secrets),
    sessions: real.sessions,
    ...(real.stopped !== undefined && { stopped: real.stopped }),
    observations: real.observations.map(each => recordObservation(each, secrets, hide))
  }
}

const recordObservation = (
  { case: each, answer, skipped, lost, values }: Observation,
  secrets: readonly string[],
  hide: (text: string) => string
): RecordedObservation => ({
  case: hide(each.name),
  ...(answer && { answer: hideAnswer(answer, hide) }),
  ...(skipped !== undefined && { skipped: hide(skipped) }),
  ...(lost !== undefined && { lost: hide(lost) }),
  values: mapValues(publicValues(values, secrets), hide)
})

const hideAnswer = ({ status, headers, body }: ReceivedAnswer, hide: (text: string) => string): ReceivedAnswer => ({
  status,
  headers: mapValues(withoutCookies(headers), hide),
  body: hide(body)
})

const mapValues = (texts: Values, change: (text: string) => string): Values =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]))

/** Shorter secrets occur in texts by chance. */
const minSecret = 4

const publicValues = (values: Values, secrets: readonly string[]): Values =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => !/^(?:password|wrong password|unknown login|basic)$/.test(name) && !secrets.includes(value)
    )
  )

/** Names of cookies without their values. */
const withoutCookies = (headers: ReceivedAnswer['headers']): ReceivedAnswer['headers'] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      /^set-cookie$/i.test(name) ? value.replace(/(^|, )([^=;,\s]+)=[^;,]*/g, '$1$2=…') : value
    ])
  )

/** Reads a record of this product. Throws a UserError. */
export const readRecord = (text: string, file: string, product: Product): ServerRecord => {
  const value = parsed(text, file)
  const [issue] = createChecks()(recordSchema)(value)
  if (issue) throw new UserError(`--against "${file}": ${[...placeOf(issue.path), issue.message].join(': ')}`)
  const record = value as ServerRecord
  if (record.product === product.name) return record
  throw new UserError(`--against "${file}": it is a record of ${record.product}, not of ${product.name}`)
}

const placeOf = (path: Path): string[] => (path.length === 0 ? [] : [formatPath(path)])

const parsed = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new UserError(`--against "${file}": expected a record of verify-real --record, found other text`)
  }
}

/** The run of a record, with the current cases: cases that are not in the record count as not sent. */
export const recordedRun = (
  { observations, sessions, stopped }: ServerRecord,
  { cases }: Cases,
  file: string
): Run => ({
  observations: cases.map((each): Observation => {
    const found = observations.find(({ case: name }) => name === each.name)
    if (!found) return { case: each, answer: undefined, skipped: `it is not in ${file}`, values: {} }
    const { answer, values, skipped, lost } = found
    return {
      case: each,
      answer,
      values,
      ...(skipped !== undefined && { skipped }),
      ...(lost !== undefined && { lost })
    }
  }),
  stopped,
  sessions
})
