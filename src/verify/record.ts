import { UserError } from '../base/errors.js'
import type { Product } from '../product/product.js'
import { createChecks } from '../scenario/format/schema-check.js'
import { formatPath, type Path } from '../scenario/validation-issue.js'
import type { Cases } from './cases.js'
import { formOf, hiddenSign, valueAt } from './compare.js'
import type { ReceivedAnswer } from './http-transport.js'
import type { RunSecrets } from './known-secrets.js'
import type { Observation, Run } from './player.js'
import type { Leaf, Values } from './response-body.js'

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

interface RecordedObservation extends Pick<Observation, 'skipped' | 'lost' | 'changing'> {
  readonly case: string
  readonly answer?: ReceivedAnswer
  readonly values: Values
}

interface RecordOptions {
  readonly product: Product
  readonly real: Run
  readonly server: string
  readonly startedAt: string
  readonly milliseconds: number
  readonly login: string
  readonly options: Values
  readonly secrets: RunSecrets
}

/** A record without secrets: real tokens are replaced by others of the same form. */
export const createRecord = ({ product, real, secrets, options, ...facts }: RecordOptions): ServerRecord => {
  for (const { answer, changing = [] } of real.observations) {
    const hidden = answer && secrets.hideAnswer(answer)
    if (hidden) for (const place of changing) addOpaque(valueAt(place, hidden), secrets)
  }
  return {
    format: 'session-mock verify-real 1',
    product: product.name,
    ...facts,
    options: publicValues(options, secrets),
    sessions: real.sessions,
    ...(real.stopped !== undefined && { stopped: secrets.hide(real.stopped) }),
    observations: real.observations.map(each => recordObservation(each, secrets))
  }
}

/** An unexpected value that changes, and is no id or time, may be a secret of any name. */
const addOpaque = (value: Leaf | undefined, secrets: RunSecrets): void => {
  if (typeof value === 'string' && value.length >= 8 && formOf(value) === undefined) secrets.add(value)
}

const recordObservation = (
  { case: each, answer, skipped, lost, values, changing }: Observation,
  secrets: RunSecrets
): RecordedObservation => ({
  case: each.name,
  ...(answer && { answer: secrets.hideAnswer(answer) }),
  ...(skipped !== undefined && { skipped }),
  ...(lost !== undefined && { lost: secrets.hide(lost) }),
  values: publicValues(values, secrets),
  ...(changing && { changing })
})

const publicValues = (values: Values, secrets: RunSecrets): Values =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => !/^(?:password|wrong password|unknown login|basic)$/.test(name))
      .map(([name, value]): [string, string] => [name, secrets.hide(value)])
      .filter(([, value]) => value !== hiddenSign)
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

/** The run of a record, with the current cases. Cases that are not in the record of a file count as not sent. */
export const recordedRun = (
  { observations, sessions, stopped }: ServerRecord,
  { cases }: Cases,
  file?: string
): Run => ({
  observations: cases.flatMap((each): Observation[] => {
    const found = observations.find(({ case: name }) => name === each.name)
    if (found) return [{ ...found, answer: found.answer, case: each }]
    if (file === undefined) return []
    return [{ case: each, answer: undefined, skipped: `it is not in ${file}`, values: {} }]
  }),
  stopped,
  sessions
})

const texts = { type: 'object', additionalProperties: { type: 'string' }, title: 'names and texts' } as const

/** The JSON Schema of the files of `verify-real --record`. */
export const recordSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'a record of verify-real',
  type: 'object',
  required: ['format', 'product', 'server', 'startedAt', 'login', 'options', 'sessions', 'observations'],
  properties: {
    format: { enum: ['session-mock verify-real 1'] },
    product: { type: 'string' },
    server: { type: 'string' },
    startedAt: { type: 'string' },
    milliseconds: { type: 'number' },
    login: { type: 'string' },
    options: texts,
    stopped: { type: 'string' },
    sessions: {
      type: 'object',
      required: ['opened', 'left'],
      properties: { opened: { type: 'integer' }, left: { type: 'integer' } }
    },
    observations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['case', 'values'],
        properties: {
          case: { type: 'string' },
          skipped: { type: 'string' },
          lost: { type: 'string' },
          values: texts,
          changing: { type: 'array', items: { type: 'string' } },
          answer: {
            type: 'object',
            required: ['status', 'headers', 'body'],
            properties: { status: { type: 'integer' }, headers: texts, body: { type: 'string' } }
          }
        }
      }
    }
  }
}
