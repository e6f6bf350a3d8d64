import type { Answer } from '../http/answer.js'
import type { Why } from '../product/failure.js'
import { listOf, textsOf } from './replies.js'
import type { RefusalData, RequestData } from './request-data.js'

/** A scenario as plain data: its text, or the name of a shipped one. */
export interface ScenarioData {
  readonly name?: string
  readonly text?: string
  readonly shipped?: string
}

interface Sender {
  /** The replica of its request, and its number there. */
  readonly from: string
  readonly id: number
}

/** The first input of a space. */
export interface BeginInput {
  readonly type: 'begin'
  /** The secret of the random numbers of a space without a seed. */
  readonly secret: string
  readonly scenario: ScenarioData
  /** Created by the control API. */
  readonly made?: true
}

/** A request to a product. */
export interface CallInput extends Sender {
  readonly type: 'call'
  readonly product: string
  readonly operation?: string
  readonly request: RequestData
  /** The refusal before its operation. */
  readonly refusal?: RefusalData
  /** The other space of its token. */
  readonly elsewhere?: Why
  /** Milliseconds from its arrival to its batch. */
  readonly lag: number
}

/** A request with an unknown path. */
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
  /** It was checked for several spaces together, and may have no effect in this one. */
  readonly isChecked?: true
}

/** Ends expired sessions. */
export interface NoticeInput extends Sender {
  readonly type: 'notice'
}

/** The end of a wait of a call; `wait`: the number of waits that the call has begun. */
export interface WakeInput extends Sender {
  readonly type: 'wake'
  readonly call: number
  readonly wait: number
}

/** The client of a call has disconnected. */
export interface LeftInput extends Sender {
  readonly type: 'left'
  readonly call: number
}

/** `gone`: the calls of a dead replica end. `stopping`: those of a stopping one continue. */
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

/** An input with its place in the log. */
export interface PlacedInput {
  readonly place: number
  /** Its time in Unix milliseconds, never earlier than that of the input before. */
  readonly at: number
  readonly input: Input
}

/** Parses a stream entry of the engine: id, then names and values in turn. Throws a SyntaxError for an invalid input. */
export const readEntry = (entry: unknown): PlacedInput => {
  const [id, fields] = listOf(entry)
  const [, time, , text = ''] = textsOf(fields)
  return { place: Number(String(id).split('-', 1)[0]), at: Number(time), input: parseInput(text) }
}

const parseInput = (text: string): Input => JSON.parse(text)
