import type { Answer } from '../http/answer.js'
import type { Fault } from '../http/fault-names.js'
import type { FailureName, Why } from '../product/failure.js'
import type { PlayedRule } from '../scenario/engine/rule-context.js'
import type { Session } from '../session/sessions.js'
import type { SpaceSecrets } from '../state/secrets.js'

/** The raw record of a request to a product; it is rendered and redacted on reading. */
export interface Entry {
  /** Number in the space, from 1. */
  readonly number: number
  /** Arrival by the clock of the space, in Unix milliseconds. `recordedAt`: the same by the system clock. */
  readonly at: number
  readonly recordedAt: number
  readonly space: string
  /** Undefined if no product has the path. */
  readonly product: string | undefined
  readonly operation: string | undefined
  /** The operation opens a session. */
  readonly isLogin?: boolean | undefined
  readonly login: string | undefined
  /** Token of the request. */
  readonly token: string | undefined
  readonly session: Session | undefined
  /** Session data of the product at the time of the response. */
  readonly sessionData?: Session['data']
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** Names and values alternately, in the order of arrival. */
  readonly headers: readonly string[]
  /** Body as text; truncated if long. */
  readonly body: string | undefined
  readonly answer: Answer
  readonly fault: Fault | undefined
  /** Held or delayed by a rule: no response yet, `answer.status` is 0. */
  readonly isUnderway?: boolean
  /** The client disconnected before the response. */
  readonly left: boolean
  /** The response was a success without the work, by the effect `pretend`. */
  readonly pretended: boolean
  readonly rules: readonly PlayedRule[]
  readonly failure: FailureName | undefined
  readonly why: Why | undefined
  /** Milliseconds from arrival to response. */
  readonly took: number
  /** The nearest route, if no operation matched. */
  readonly nearest?: string | undefined
  /** Secrets of the space, for redaction. */
  readonly secrets?: SpaceSecrets | undefined
  /** The part shared with equal requests of the same client. */
  readonly fingerprint?: SharedPart
}

/** A part of several entries, counted once for all of them. */
export interface SharedPart {
  /** Approximate size in memory. */
  readonly bytes: number
  /** Number of entries and clients that refer to it. */
  holders: number
}
