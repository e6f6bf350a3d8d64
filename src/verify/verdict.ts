import { type Fidelity, fidelities } from '../product/product.js'
import type { ReceivedAnswer } from './answer.js'
import type { Case, Cases } from './case.js'
import { compareAnswers } from './compare-answers.js'
import type { Difference } from './difference.js'
import { tokenOf } from './opened-sessions.js'
import type { Observation, Run } from './player.js'
import { documentReference, mockReference } from './reference.js'

/** What a case says about server, mock and document. */
export interface CaseResult {
  readonly case: Case
  readonly outcome: 'same' | 'mock differs' | 'no answer' | 'not sent'
  /** Why it was not sent or not answered. */
  readonly why: string | undefined
  /** Differences of the server from the mock, in the chosen fidelity. */
  readonly differences: readonly Difference[]
  /** The fidelity in which the mock is right, where it is not right in the chosen one. */
  readonly rightIn: Fidelity | undefined
  /** Differences of the server from the document. */
  readonly document: readonly Difference[]
  /** What the server answered. */
  readonly answer: ReceivedAnswer | undefined
  /** What the mock answered, in the chosen fidelity. */
  readonly mock: ReceivedAnswer | undefined
}

export interface CompareOptions {
  readonly cases: Cases
  readonly real: Run
  readonly mocks: Readonly<Record<Fidelity, Run>>
  readonly fidelity: Fidelity
  /** The expression of a whole token of the mock; left out, that of the product. */
  readonly token?: string | undefined
}

/** Compares each case that was played against the server with the mock and with the document. */
export const compareRuns = (options: CompareOptions): Promise<CaseResult[]> =>
  Promise.all(options.real.observations.map(observation => compareCase(observation, options)))

const compareCase = async (observation: Observation, options: CompareOptions): Promise<CaseResult> => {
  const { answer, case: each, lost, skipped } = observation
  const mock = observed(options.mocks[options.fidelity], each)?.answer
  const nothing = { case: each, differences: [], rightIn: undefined, document: [], answer, mock }
  if (!answer) return { ...nothing, outcome: lost === undefined ? 'not sent' : 'no answer', why: lost ?? skipped }
  const differences = await differencesFrom(options.fidelity, observation, answer, options)
  const others = fidelities.filter(fidelity => fidelity !== options.fidelity)
  const right = await Promise.all(
    others.map(async other => (await differencesFrom(other, observation, answer, options)).length === 0)
  )
  const rightIn = differences.length > 0 ? others.find((_other, index) => right[index]) : undefined
  const document = await compareAnswers(
    await documentReference(each.expect.documented),
    answer,
    scopeOf(observation, options)
  )
  const outcome = differences.length === 0 ? 'same' : 'mock differs'
  return { ...nothing, outcome, why: undefined, differences, rightIn, document }
}

const observed = ({ observations }: Run, each: Case): Observation | undefined =>
  observations.find(observation => observation.case.name === each.name)

const differencesFrom = async (
  fidelity: Fidelity,
  observation: Observation,
  answer: ReceivedAnswer,
  options: CompareOptions
): Promise<Difference[]> => {
  const played = observed(options.mocks[fidelity], observation.case)
  if (!played?.answer) return []
  const expected = observation.case.expect[fidelity]
  const reference = await mockReference(played.answer, expected, scopeOf(played, options))
  return [
    ...(await compareAnswers(reference, answer, scopeOf(observation, options))),
    ...tokenShape(observation, answer, options)
  ]
}

const scopeOf = ({ values }: Observation, { cases }: CompareOptions) => ({ values, patterns: cases.patterns })

/** A new token of another form than the mock's. */
const tokenShape = ({ case: each }: Observation, answer: ReceivedAnswer, options: CompareOptions): Difference[] => {
  const { cases, token: expected = cases.patterns.token ?? '' } = options
  const token = each.opens ? tokenOf(answer, cases) : undefined
  if (token === undefined || new RegExp(`^(?:${expected})$`).test(token)) return []
  return [{ kind: 'token shape', place: 'token', expected, found: shapeOf(token) }]
}

/** The length of each part of a token and the classes of its characters: no part of the token itself. */
export const shapeOf = (token: string): string => {
  const classes = classesOf(token)
  return token.replace(/[A-Za-z0-9]+|[^\w-]/g, part =>
    /[A-Za-z0-9]/.test(part) ? `[${classes}]{${part.length}}` : `\\${part}`
  )
}

const classesOf = (token: string): string => {
  if (/^[^G-Zg-z]*$/.test(token) && /[a-f]/i.test(token))
    return `0-9${/[a-f]/.test(token) ? 'a-f' : ''}${/[A-F]/.test(token) ? 'A-F' : ''}`
  return `${/\d/.test(token) ? '0-9' : ''}${/[a-z]/.test(token) ? 'a-z' : ''}${/[A-Z]/.test(token) ? 'A-Z' : ''}`
}
