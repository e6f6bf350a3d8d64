import type { MaybePromise } from '../base/maybe-promise.js'
import { type Answer, withHeaders } from '../http/answer.js'
import { type Deliver, type DeliveryOptions, type OutgoingResponse, writeHead } from '../http/delivery.js'
import { endAfterResponse } from '../http/linger.js'
import { Failure } from '../product/failure.js'
import { methodsAt } from '../product/routes.js'
import { preferredRule } from '../scenario/engine/prefer.js'
import type { RuleContext } from '../scenario/engine/rule-context.js'
import type { ProductCall } from './call.js'
import type { Recipient } from './recipient.js'

/** A call, its answer, and how that came about. */
export interface Exchange {
  readonly call: ProductCall
  readonly answer: Answer
  /** The rules that played on it, if any did. */
  readonly rules: RuleContext | undefined
  /** Why it was refused, where it was. */
  readonly failure: Failure | undefined
  /** The client had gone before there was an answer. */
  readonly left: boolean
  /** What our own code threw, if it did. */
  readonly bugs: readonly unknown[]
}

/** Where an exchange ends. */
export interface ExchangeSinks {
  /** Told of each exchange, before the first byte of its answer leaves. Never throws. */
  readonly record: (exchange: Exchange) => void
  readonly deliver: Deliver
}

/**
 * Answers a call: rules first, then the operation of the product, or the response of the product to a failure; rules also change the
 * response. `refusal` is an error from before the operation: an unknown path, an unreadable body, or a bug in reading the request.
 * Synchronous unless rules or the operation wait. Never throws.
 */
export const answerCall = (
  call: ProductCall,
  recipient: Recipient,
  sinks: ExchangeSinks,
  refusal?: unknown
): MaybePromise<void> => {
  const exchange = exchangeOf(call, recipient, refusal)
  if (!(exchange instanceof Promise)) return finish(exchange, recipient, sinks, refusal)
  return exchange.then(exchange => {
    call.readClock()
    return finish(exchange, recipient, sinks, refusal)
  })
}

/** Refuses a call without executing it: with the response of the product to the failure. Never throws. */
export const refuseCall = async (
  call: ProductCall,
  recipient: Recipient,
  sinks: ExchangeSinks,
  failure: Failure
): Promise<void> => {
  const exchange = await refuse(exchangeWith(call, bare, undefined), failure)
  return finish(exchange, recipient, sinks, failure)
}

const exchangeOf = (call: ProductCall, recipient: Recipient, refusal: unknown): MaybePromise<Exchange> => {
  try {
    const { space, request } = call
    const preferred = space.prefers && request.headers.prefer !== undefined ? preferredRule(call) : undefined
    const rules = space.ruleEngine.apply(call, recipient, preferred)
    if (rules) return exchangeAfter(rules, call, refusal)
    const answer = work(call, undefined, refusal)
    if (!(answer instanceof Promise)) return exchangeWith(call, answer, undefined)
    return answer.then(
      answer => exchangeWith(call, answer, undefined),
      thrown => refuse(exchangeWith(call, bare, undefined), thrown)
    )
  } catch (thrown) {
    return refuse(exchangeWith(call, bare, undefined), thrown)
  }
}

/** The exchange of a call with rules, which may wait. */
const exchangeAfter = async (
  applying: Promise<RuleContext>,
  call: ProductCall,
  refusal: unknown
): Promise<Exchange> => {
  let rules: RuleContext | undefined
  try {
    rules = await applying
    call.readClock()
    if (call.isStale) throw new Failure('unavailable', { why: { reason: 'reset' } })
    return exchangeWith(call, overlaid(await work(call, rules, refusal), rules), rules)
  } catch (thrown) {
    return refuse(exchangeWith(call, bare, rules), thrown)
  }
}

/** The response of a rule or of the operation. Throws what refuses the call. */
const work = (call: ProductCall, rules: RuleContext | undefined, refusal: unknown): MaybePromise<Answer> => {
  const { operation } = call
  if (rules?.reply) return rules.reply
  const error = rules?.failure ?? refusal
  if (error !== undefined) throw error
  if (!operation) throw new Failure('not-found')
  call.isRun = true
  const answer = operation.run(call)
  return answer instanceof Promise ? answer.then(answer => dressed(answer, call)) : dressed(answer, call)
}

const finish = (
  exchange: Exchange,
  recipient: Recipient,
  { record, deliver }: ExchangeSinks,
  refusal: unknown
): MaybePromise<void> => {
  const { response } = recipient
  if (recipient.hasLeft) return record({ ...exchange, left: true })
  if (refusal instanceof Failure && refusal.kind === 'too-large') endAfterResponse(response.req, response)
  const { call, answer, rules } = exchange
  const outgoing: OutgoingResponse = {
    request: response.req,
    response,
    answer,
    date: call.space.clock.httpDate(call.now),
    manner: rules && mannerOf(rules, call, recipient)
  }
  try {
    writeHead(outgoing)
  } catch (thrown) {
    return finishWithout(thrown, exchange, outgoing).then(exchange => {
      record(exchange)
      deliver({ ...outgoing, answer: exchange.answer, manner: undefined })
    })
  }
  record(exchange)
  deliver(outgoing)
}

/** Node refused a header: the server error of the product instead, or a bare one where Node refuses that too. */
const finishWithout = async (thrown: unknown, exchange: Exchange, outgoing: OutgoingResponse): Promise<Exchange> => {
  const { rules } = exchange
  const refused = { ...(await refuse({ ...exchange, rules: undefined }, thrown)), rules }
  try {
    writeHead({ ...outgoing, answer: refused.answer, manner: undefined })
    return refused
  } catch {
    writeHead({ ...outgoing, answer: bare, manner: undefined })
    return { ...refused, answer: bare }
  }
}

const mannerOf = ({ fault, dribble }: RuleContext, { space }: ProductCall, recipient: Recipient): DeliveryOptions => ({
  fault,
  dribble,
  wait: ms => space.pause(ms, recipient.gone()),
  stopping: space.stopping
})

/** The response with the changes of the rules. */
const overlaid = (answer: Answer, rules: RuleContext | undefined): Answer =>
  rules ? withHeaders({ ...answer, status: rules.status ?? answer.status }, rules.headers) : answer

/** With the headers that the product puts on every answer, and what an overlay says of real servers. */
const dressed = (answer: Answer, call: ProductCall, failure?: Failure): Answer => {
  const whole: Answer = {
    status: answer.status,
    headers: answer.headers,
    always: call.product.headers?.(call, answer),
    body: answer.body
  }
  const { overlay } = call.space
  return overlay ? overlay.apply(whole, call, failure) : whole
}

/** The product's words for what was thrown; where even these throw, its words for that, and then no words. */
const refuse = async (exchange: Exchange, thrown: unknown, tries = 2): Promise<Exchange> => {
  const { call, rules, bugs } = exchange
  if (tries === 0) return { ...exchange, answer: overlaid(bare, rules), bugs: [...bugs, thrown] }
  const failure = thrown instanceof Failure ? allowing(thrown, call) : bug
  const refused = { ...exchange, failure, bugs: thrown instanceof Failure ? bugs : [...bugs, thrown] }
  try {
    return { ...refused, answer: overlaid(await worded(failure, call), rules) }
  } catch (again) {
    return refuse(refused, again, tries - 1)
  }
}

const worded = async (failure: Failure, call: ProductCall): Promise<Answer> => {
  if (call.isRun) call.useAnyway(failure)
  const { operation, product } = call
  const wording = operation?.failureResponses?.[failure.kind] ?? product.failureResponses[failure.kind]
  return dressed(await wording(failure, call), call, failure)
}

/** The last resort, where even the words for a server error fail. */
const bare: Answer = { status: 500, headers: {} }

/** What was thrown and is no Failure is our bug. */
const bug = new Failure('server-error', { why: { reason: 'bug' } })

const noBugs: readonly unknown[] = []

/** An exchange without a failure. Written out: a spread costs V8 a twentieth of an ordinary request. */
const exchangeWith = (call: ProductCall, answer: Answer, rules: RuleContext | undefined): Exchange => ({
  call,
  answer,
  rules,
  failure: undefined,
  left: false,
  bugs: noBugs
})

/** A method that is refused on purpose is refused like one that the path does not take: with those that it takes. */
const allowing = (failure: Failure, { product, request }: ProductCall): Failure => {
  const { kind, detail } = failure
  if (kind !== 'method-not-allowed' || detail.allow) return failure
  const allow = methodsAt(product, request.url)
  return allow.length === 0 ? failure : new Failure(kind, { ...detail, allow })
}
