import { type Fidelity, fidelities } from '../product/product.js'
import type { ReceivedAnswer } from './answer.js'
import type { Case, Cases } from './case.js'
import { compareAnswers } from './compare-answers.js'
import type { Difference } from './difference.js'
import { tokenOf } from './opened-sessions.js'
import type { Observation, Run } from './player.js'
import { documentReference, mockReference } from './reference.js'
import { shapeOf } from './shape.js'

/** The comparison of server, mock and documentation for a case. */
export interface CaseResult {
  readonly case: Case
  readonly outcome: 'same' | 'mock differs' | 'no answer' | 'not sent'
  /** The reason why it was not sent or not answered. */
  readonly why: string | undefined
  /** Differences of the server from the mock, in the chosen fidelity. */
  readonly differences: readonly Difference[]
  /** The alternative in which a differing mock is right: the other fidelity, or no overlay. */
  readonly rightIn: RightIn | undefined
  /** Differences of the server from the documentation; undefined without a documented response. */
  readonly document: readonly Difference[] | undefined
  /** The response of the server. */
  readonly answer: ReceivedAnswer | undefined
  /** The response of the mock, in the chosen fidelity. */
  readonly mock: ReceivedAnswer | undefined
}

/** An alternative in which the mock is right. */
export type RightIn = Fidelity | 'no overlay'

export interface CompareOptions {
  readonly cases: Cases
  readonly real: Run
  readonly mocks: Readonly<Record<Fidelity, Run>>
  /** The mock without the overlay, if there is one. */
  readonly plain?: Readonly<Record<Fidelity, Run>> | undefined
  readonly fidelity: Fidelity
}

/** Compares the responses of the server with those of the mock and of the documentation. */
export const compareRuns = (options: CompareOptions): Promise<CaseResult[]> =>
  Promise.all(options.real.observations.map(observation => compareCase(observation, options)))

const compareCase = async (observation: Observation, options: CompareOptions): Promise<CaseResult> => {
  const { answer, case: each, lost, skipped } = observation
  const mock = observed(options.mocks[options.fidelity], each)?.answer
  const nothing = { case: each, differences: [], rightIn: undefined, document: [], answer, mock }
  if (!answer) return { ...nothing, outcome: lost === undefined ? 'not sent' : 'no answer', why: lost ?? skipped }
  const differences = await differencesFrom(options.fidelity, observation, answer, options)
  const rightIn = differences.length > 0 ? await findRight(observation, answer, options) : undefined
  const document = await compareAnswers(
    await documentReference(each.expect.documented),
    answer,
    scopeOf(observation, options)
  )
  const outcome = differences.length === 0 ? 'same' : 'mock differs'
  return { ...nothing, outcome, why: undefined, differences, rightIn, document }
}

const findRight = async (
  observation: Observation,
  answer: ReceivedAnswer,
  options: CompareOptions
): Promise<RightIn | undefined> => {
  const { plain, fidelity } = options
  const isRight = async (fidelity: Fidelity, mocks: CompareOptions['mocks']) =>
    (await differencesFrom(fidelity, observation, answer, { ...options, mocks })).length === 0
  for (const other of fidelities) if (other !== fidelity && (await isRight(other, options.mocks))) return other
  return plain && (await isRight(fidelity, plain)) ? 'no overlay' : undefined
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
  const reference = await mockReference(played.answer, expected, {
    ...scopeOf(played, options),
    volatileHeaders: options.cases.volatileHeaders
  })
  return [
    ...(await compareAnswers(reference, answer, scopeOf(observation, options))),
    ...tokenShape(observation, answer, options)
  ]
}

const scopeOf = ({ values }: Observation, { cases }: CompareOptions) => ({ values, patterns: cases.patterns })

/** A new token with another form than that of the mock. */
const tokenShape = ({ case: each }: Observation, answer: ReceivedAnswer, options: CompareOptions): Difference[] => {
  const { cases } = options
  const expected = cases.patterns.token ?? ''
  const token = each.opens ? tokenOf(answer, cases) : undefined
  if (token === undefined || new RegExp(`^(?:${expected})$`).test(token)) return []
  return [{ kind: 'token shape', place: 'token', expected, found: shapeOf([token]) ?? 'another form' }]
}
