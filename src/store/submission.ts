import type { ServerResponse } from 'node:http'
import type { Arrival } from '../exchange/admission.js'
import type { Input } from './input.js'

/** What a process of its own accord sends to the log of a space, and who waits for it here. */
export interface Submission {
  readonly input: Exclude<Input, { readonly type: 'begin' }>
  /** When it was handed in, in milliseconds that only grow. */
  readonly since: number
  /** The request as it came, and its client. */
  readonly arrival?: Arrival
  readonly response?: ServerResponse
  /** Told when it has been executed, with what came of it. */
  readonly onDone?: (result: unknown) => void
  /** Told that it was not appended, or that nobody knows whether it was. */
  readonly onFailed?: (error: unknown) => void
}
