import type { ServerResponse } from 'node:http'
import type { EndpointResult } from '../control/endpoint.js'
import type { ReceivedRequest } from '../exchange/admission.js'
import type { Input } from './input.js'

/** The result of a control request in one space. */
export type ControlResult = { readonly value: EndpointResult } | { readonly thrown: unknown }

/** An input of this process for the log of a space, with its waiting client. */
export interface Submission {
  readonly input: Exclude<Input, { readonly type: 'begin' }>
  /** The time of its submission in monotonic milliseconds. */
  readonly since: number
  /** The request with its client, for a call of this process. */
  readonly received?: ReceivedRequest
  readonly response?: ServerResponse
  /** Called after its execution, with the result of a control request. */
  readonly onDone?: (result: ControlResult | undefined) => void
  /** Called if it was not appended, or may not have been. */
  readonly onFailed?: (error: unknown) => void
}
