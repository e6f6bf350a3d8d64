import type { Answer } from '../http/answer.js'
import type { Fault } from '../http/delivery.js'
import type { FailureName, Why } from '../product/failure.js'
import type { PlayedRule } from '../scenario/engine/rule-context.js'
import type { Session } from '../session/sessions.js'
import type { SpaceSecrets } from '../state/secrets.js'

/** The raw record of a request to a product; it is rendered and redacted on reading. */
export interface Entry {
  /** Its number in its space, from 1. */
  readonly number: number
  /** When it came, by the space's clock and by the systemClock's, in Unix milliseconds. */
  readonly at: number
  readonly recordedAt: number
  readonly space: string
  /** Undefined where no product knew the path. */
  readonly product: string | undefined
  readonly operation: string | undefined
  /** The operation gives a client a session. */
  readonly isLogin?: boolean | undefined
  readonly login: string | undefined
  /** The token that it carried. */
  readonly token: string | undefined
  readonly session: Session | undefined
  /** The product's session data at the time of the response. */
  readonly sessionData?: Session['data']
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[]
  /** As text; of a long one the beginning. */
  readonly body: string | undefined
  readonly answer: Answer
  readonly fault: Fault | undefined
  /** A rule holds or delays it: there is no answer yet, and its status is 0. */
  readonly isUnderway?: boolean
  /** Its client had gone before there was an answer. */
  readonly left: boolean
  /** The response was a success without the work, by the effect `pretend`. */
  readonly pretended: boolean
  readonly rules: readonly PlayedRule[]
  readonly failure: FailureName | undefined
  readonly why: Why | undefined
  /** From its arrival to its answer, in milliseconds. */
  readonly took: number
  /** Where no operation knew it: the nearest path that there is. */
  readonly nearest?: string | undefined
  /** What its space knows to be secret. */
  readonly secrets?: SpaceSecrets | undefined
  /** What it has in common with other requests of its client, and is kept once for all of them. */
  readonly fingerprint?: SharedPart
}

/** A part that several entries have, and that is counted once for all. */
export interface SharedPart {
  /** What it takes in memory, about. */
  readonly bytes: number
  /** How many rows, and clients that are remembered, have it. */
  holders: number
}
