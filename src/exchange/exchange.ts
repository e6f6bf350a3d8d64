import type { ServerResponse } from 'node:http'
import { chain, type MaybePromise, recover } from '../base/maybe-promise.js'
import { type Answer, withHeaders } from '../http/answer.js'
import { type Deliver, type OutgoingResponse, writeHead } from '../http/delivery.js'
import { endAfterResponse } from '../http/linger.js'
import { Failure } from '../product/failure.js'
import { methodsAt } from '../product/methods.js'
import { preferredRule } from '../scenario/engine/prefer.js'
import type { RuleContext } from '../scenario/engine/rule-context.js'
import { httpDate } from '../state/clock.js'
import type { ProductCall } from './call.js'

/** How an answer came about. */
export interface ExchangeOutcome {
  /** The rules that played on it, if any did. */
  readonly turn: RuleContext | undefined
  /** Why it was refused, where it was. */
  readonly failure: Failure | undefined
  /** The client had gone before there was an answer. */
  readonly left: boolean
  /** What our own code threw, if it did. */
  readonly bugs: readonly unknown[]
}

/** Told of each answered call, before the first byte leaves. */
export type ExchangeListener = (call: ProductCall, answer: Answer, outcome: ExchangeOutcome) => void

/**
 * One request and its answer. `refusal` is what was wrong with it before its operation could begin: no such path, a body
 * that cannot be read, or what our own reading of it threw. Never throws.
 */
export const exchange = (
  call: ProductCall,
  response: ServerResponse,
  sinks: Sinks,
  refusal?: unknown
): MaybePromise<void> => {
  const attempt = new Attempt(call, abortOnClose(response))
  return chain(attempt.answer(refusal), answer => {
    attempt.left = response.destroyed
    if (attempt.left) return observe(call, answer, attempt, sinks)
    if (refusal instanceof Failure && refusal.kind === 'too-large') endAfterResponse(call.request.raw, response)
    return chain(headed(parcelOf(attempt, response, answer), attempt), parcel => {
      observe(call, parcel.answer, attempt, sinks)
      sinks.deliver(parcel)
    })
  })
}

/** Where an exchange ends. */
export interface Sinks {
  readonly onExchange: ExchangeListener
  readonly deliver: Deliver
  /** Told what the onExchange threw. */
  readonly failed: (error: unknown) => void
}

/** Tells the onExchange. What it throws is a bug of ours, and none of the client's business. */
const observe = (call: ProductCall, answer: Answer, outcome: ExchangeOutcome, { onExchange, failed }: Sinks): void => {
  try {
    onExchange(call, answer, outcome)
  } catch (error) {
    failed(error)
  }
}

/** The response with its head written; where Node refuses a header, with the product's server error instead. */
const headed = (parcel: OutgoingResponse, attempt: Attempt): MaybePromise<OutgoingResponse> => {
  const refused = refusalOfHead(parcel)
  if (!refused) return parcel
  return attempt.failed(refused.thrown).then(answer => {
    const instead: OutgoingResponse = { ...parcel, answer, manner: undefined }
    if (!refusalOfHead(instead)) return instead
    const bare: OutgoingResponse = { ...instead, answer: { status: 500, headers: {} } }
    writeHead(bare)
    return bare
  })
}

const refusalOfHead = (parcel: OutgoingResponse): { readonly thrown: unknown } | undefined => {
  try {
    writeHead(parcel)
    return undefined
  } catch (thrown) {
    return { thrown }
  }
}

const parcelOf = ({ call, turn, gone }: Attempt, response: ServerResponse, answer: Answer): OutgoingResponse => {
  const { space, request } = call
  return {
    request: request.raw,
    response,
    answer,
    date: httpDate(space.clock.now()),
    manner: turn && {
      fault: turn.fault,
      dribble: turn.dribble,
      wait: ms => space.wait(ms, gone()),
      stopping: space.stopping
    }
  }
}

/** Gives what is aborted when the client has gone; made only where somebody waits for it. */
const abortOnClose = (response: ServerResponse): (() => AbortSignal) => {
  let controller: AbortController | undefined
  return () => {
    if (controller) return controller.signal
    const made = new AbortController()
    if (response.destroyed) made.abort()
    else response.once('close', () => made.abort())
    controller = made
    return made.signal
  }
}

/** The way from a call to an answer: rules, then the product's own work, and its words for whatever refuses. */
class Attempt implements ExchangeOutcome {
  turn: RuleContext | undefined
  failure: Failure | undefined
  left = false
  readonly bugs: unknown[] = []
  /** The product's own work has begun. */
  #isRun = false

  constructor(
    readonly call: ProductCall,
    /** Gives what is aborted when the client has gone. */
    readonly gone: () => AbortSignal
  ) {}

  /** The product's answer, or else its words for what was thrown; and over both what the rules set. */
  answer(refusal: unknown): MaybePromise<Answer> {
    const answer = recover(
      () => this.#work(refusal),
      thrown => this.failed(thrown)
    )
    return chain(answer, answer => {
      const { turn } = this
      return turn ? withHeaders({ ...answer, status: turn.status ?? answer.status }, turn.headers) : answer
    })
  }

  /** Its words for what was thrown; where even these throw, its words for that. */
  failed(thrown: unknown): Promise<Answer> {
    return this.#word(thrown)
      .catch(again => this.#word(again))
      .catch(again => this.#bare(again))
  }

  #work(refusal: unknown): MaybePromise<Answer> {
    const { call } = this
    const asked = call.space.prefers ? preferredRule(call) : undefined
    return chain(call.space.ruleEngine.apply(call, this.gone, asked), turn => {
      this.turn = turn
      if (call.isStale) throw new Failure('unavailable', { why: { reason: 'reset' } })
      if (turn?.decision) return chain(turn.decision(), decided => (turn.verbatim ? decided : this.#dress(decided)))
      if (refusal !== undefined) throw refusal
      if (!call.operation) throw new Failure('not-found')
      this.#isRun = true
      return chain(call.operation.run(call), answer => this.#dress(answer))
    })
  }

  /** The failure in the product's own words. Whatever is thrown and is no Failure is our bug. */
  async #word(thrown: unknown): Promise<Answer> {
    const { call } = this
    if (!(thrown instanceof Failure)) this.bugs.push(thrown)
    this.failure =
      thrown instanceof Failure ? allowing(thrown, call) : new Failure('server-error', { why: { reason: 'bug' } })
    if (this.#isRun) await call.useAnyway(this.failure)
    const wording =
      call.operation?.failureResponses?.[this.failure.kind] ?? call.product.failureResponses[this.failure.kind]
    return this.#dress(await wording(this.failure, call))
  }

  /** The last resort, where even the words for a server error fail. */
  #bare(thrown: unknown): Answer {
    this.bugs.push(thrown)
    return { status: 500, headers: {} }
  }

  /** With the headers that the product puts on every answer. */
  #dress(answer: Answer): Answer {
    const { call } = this
    const { status, headers, body } = answer
    return { status, headers, always: call.product.headers?.(call, answer), body }
  }
}

/** A method that is refused on purpose is refused like one that the path does not take: with those that it takes. */
const allowing = (failure: Failure, { product, request }: ProductCall): Failure => {
  const { kind, detail } = failure
  if (kind !== 'method-not-allowed' || detail.allow) return failure
  const allow = methodsAt(product, request.url)
  return allow.length === 0 ? failure : new Failure(kind, { ...detail, allow })
}
