import type { Answer, Headers } from '../../http/answer.js'
import type { Dribble, Fault } from '../../http/delivery.js'
import type { Failure } from '../../product/failure.js'
import type { Call } from '../../product/product.js'
import type { TokenStatus } from '../../session/sessions.js'

/** What a rule goes by when it draws: the rule's own place, whom it counts for, and the count. */
export interface RandomKey {
  readonly purpose: string
  readonly count: number
}

/** A rule, as those are told who look at what it did. */
export interface PlayedRule {
  /** Its number in the scenario, from 1. */
  readonly number: number
  /** `rule "third use" (scenario.yaml:14)`, or its number for a name. */
  readonly title: string
  /** The whole rule in English, without its count. */
  readonly sentence: string
}

/** One call under the rules that play on it: what they have made of its answer so far. */
export class RuleContext {
  readonly played: PlayedRule[] = []
  /** The product refuses with it, instead of its own work. */
  failure: Failure | undefined
  /** The answer, to the letter: the product adds nothing. */
  reply: Answer | undefined
  /** HTTP status that the answer gets, whatever it says. */
  status: number | undefined
  /** Headers that are set on the answer, over its own. */
  readonly headers: Record<string, Headers[string]> = {}
  fault: Fault | undefined
  dribble: Dribble | undefined

  constructor(
    readonly call: Call,
    /** Aborted when the client has gone. */
    readonly gone: AbortSignal,
    /** What the caller's token was worth when the call came. */
    readonly tokenStatus: TokenStatus
  ) {}

  /** The call is about to wait. */
  beginWaiting(): void {
    const { call, tokenStatus, played } = this
    call.space.underway.begin(call, played, tokenStatus.is === 'unknown' ? undefined : tokenStatus.session)
  }

  /** Nobody waits for the answer, or its space has begun anew. */
  get isOver(): boolean {
    return this.gone.aborted || this.call.isStale
  }

  /** The product is to refuse; what was decided before counts. */
  refuse(failure: Failure): void {
    if (!this.#isDecided) this.failure = failure
  }

  /** This is the answer; what was decided before counts. */
  answer(reply: Answer): void {
    if (!this.#isDecided) this.reply = reply
  }

  get #isDecided(): boolean {
    return this.failure !== undefined || this.reply !== undefined
  }

  /** Headers are set over those of that name, whatever its letter case. */
  setHeaders(named: Headers): void {
    for (const [name, value] of Object.entries(named)) {
      for (const other of Object.keys(this.headers))
        if (other.toLowerCase() === name.toLowerCase()) delete this.headers[other]
      this.headers[name] = value
    }
  }
}
