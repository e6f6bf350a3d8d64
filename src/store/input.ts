import type { Answer } from '../http/answer.js'
import type { Why } from '../product/failure.js'
import type { RefusalData, RequestData } from './request-data.js'

/** How a space begins: with the scenario of this text. */
export interface ScenarioData {
  readonly name?: string
  readonly text?: string
  readonly shipped?: string
}

interface Sender {
  /** The replica that has appended it, and the number that it has there. */
  readonly from: string
  readonly id: number
}

/** The first of a space. */
export interface BeginInput {
  readonly type: 'begin'
  /** A secret, of which a space without a seed has its chance. */
  readonly secret: string
  readonly scenario: ScenarioData
  /** The control API has made it. */
  readonly made?: true
}

/** A request to a product. */
export interface CallInput extends Sender {
  readonly type: 'call'
  readonly product: string
  readonly operation?: string
  readonly request: RequestData
  /** What is wrong with it before its operation can begin. */
  readonly refusal?: RefusalData
  /** Whose its token is, where it is another space's. */
  readonly elsewhere?: Why
  /** Milliseconds from its arrival to its being sent here. */
  readonly lag: number
}

/** A request whose path no product knows. */
export interface UnmatchedInput extends Sender {
  readonly type: 'unmatched'
  readonly method: string
  readonly httpVersion: string
  readonly headers: readonly string[]
  readonly url: string
  readonly body?: string
  readonly answer: Answer
  readonly left: boolean
}

/** A request to the control API. */
export interface ControlInput extends Sender {
  readonly type: 'control'
  readonly endpoint: string
  readonly query: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Sessions whose time is over are found to be so. */
export interface NoticeInput extends Sender {
  readonly type: 'notice'
}

/** The wait of a call is over; `wait` is how many it had begun. */
export interface WakeInput extends Sender {
  readonly type: 'wake'
  readonly call: number
  readonly wait: number
}

/** The client of a call has gone. */
export interface LeftInput extends Sender {
  readonly type: 'left'
  readonly call: number
}

/** The calls of a replica end, as it is gone, or go on, as it is to stop. */
export interface ReplicaInput extends Sender {
  readonly type: 'gone' | 'stopping'
  readonly replica: string
}

export type Input =
  | BeginInput
  | CallInput
  | UnmatchedInput
  | ControlInput
  | NoticeInput
  | WakeInput
  | LeftInput
  | ReplicaInput

/** An input at its place. */
export interface PlacedInput {
  readonly place: number
  /** When it takes place, in Unix milliseconds, never before the one before. */
  readonly at: number
  readonly input: Input
}

/** Reads a stream entry as the engine gives it: id, then names and values in turn. Throws a SyntaxError where it is none of ours. */
export const readEntry = (entry: unknown): PlacedInput => {
  const [id, [, time, , text]] = entry as [string, [string, string, string, string]]
  return { place: Number(id.split('-', 1)[0]), at: Number(time), input: JSON.parse(text) as Input }
}
