import type { Dribble } from '../../http/delivery.js'
import type { Fault } from '../../http/fault-names.js'
import type { Answer, Headers } from '../../http/response.js'
import type { Failure } from '../../product/failure.js'
import type { Call } from '../../product/product.js'
import type { TokenStatus } from '../../session/session-store.js'

/** The key of a rule's random values: the position of the rule, the session or login of the counter, and the count. */
export interface RandomKey {
  readonly purpose: string
  readonly count: number
}

/** An applied rule, as listeners receive it. */
export interface PlayedRule {
  /** Its number in the scenario, from 1. */
  readonly number: number
  /** `rule "third use" (scenario.yaml:14)`, or its number for a name. */
  readonly title: string
  /** The whole rule in English, without its count. */
  readonly sentence: string
}

/** One call with its applied rules: their changes to its response so far. */
export class RuleContext {
  readonly played: PlayedRule[] = []
  /** The refusal of the product, instead of its operation. */
  failure: Failure | undefined
  /** The exact response: the product adds nothing. */
  reply: Answer | undefined
  /** HTTP status of the response, independent of its body. */
  status: number | undefined
  /** Headers that replace those of the response. */
  readonly headers: Record<string, Headers[string]> = {}
  fault: Fault | undefined
  dribble: Dribble | undefined

  constructor(
    readonly call: Call,
    /** Aborted when the client disconnects. */
    readonly gone: AbortSignal,
    /** Status of the caller's token at the arrival of the call. */
    readonly tokenStatus: TokenStatus
  ) {}

  /** Reports the call as waiting. */
  beginWaiting(): void {
    const { call, tokenStatus, played } = this
    call.space.underway.begin(call, played, tokenStatus.is === 'unknown' ? undefined : tokenStatus.session)
  }

  /** The client has disconnected, or the space was reset. */
  get isOver(): boolean {
    return this.gone.aborted || this.call.isStale
  }

  /** Refuses the call with a failure; an earlier decision takes precedence. */
  refuse(failure: Failure): void {
    if (!this.#isDecided) this.failure = failure
  }

  /** Sets the response; an earlier decision takes precedence. */
  answer(reply: Answer): void {
    if (!this.#isDecided) this.reply = reply
  }

  get #isDecided(): boolean {
    return this.failure !== undefined || this.reply !== undefined
  }

  /** Sets headers in place of those with the same name in any case. */
  setHeaders(named: Headers): void {
    for (const [name, value] of Object.entries(named)) {
      for (const other of Object.keys(this.headers))
        if (other.toLowerCase() === name.toLowerCase()) delete this.headers[other]
      this.headers[name] = value
    }
  }
}
