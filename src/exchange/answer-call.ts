import type { MaybePromise } from '../base/maybe-promise.js'
import type { Answer } from '../http/answer.js'
import type { Deliver } from '../http/delivery.js'
import { writeHead } from '../http/head.js'
import { endAfterResponse } from '../http/linger.js'
import type { DeliveryOptions, OutgoingResponse } from '../http/outgoing.js'
import { Failure } from '../product/failure.js'
import { preferredRule } from '../scenario/engine/prefer.js'
import type { RuleContext } from '../scenario/engine/rule-context.js'
import type { ProductCall } from './call.js'
import { type Exchange, exchangeWith } from './exchange.js'
import type { Recipient } from './recipient.js'
import { bare, refuse } from './refuse.js'
import { withProductHeaders, withRuleChanges } from './response.js'

/** Recorder and delivery of exchanges. */
export interface ExchangeSinks {
  /** Called for each exchange, before the first byte of its response is sent. Never throws. */
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
    const answer = execute(call, undefined, refusal)
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
const exchangeAfter = async (applied: Promise<RuleContext>, call: ProductCall, refusal: unknown): Promise<Exchange> => {
  let rules: RuleContext | undefined
  try {
    rules = await applied
    call.readClock()
    if (call.isStale) throw new Failure('unavailable', { why: { reason: 'reset' } })
    return exchangeWith(call, withRuleChanges(await execute(call, rules, refusal), rules), rules)
  } catch (thrown) {
    return refuse(exchangeWith(call, bare, rules), thrown)
  }
}

/** The response of a rule or of the operation. Throws the refusal of the call, or a bug. */
const execute = (call: ProductCall, rules: RuleContext | undefined, refusal: unknown): MaybePromise<Answer> => {
  const { operation } = call
  if (rules?.reply) return rules.reply
  const error = rules?.failure ?? refusal
  if (error !== undefined) throw error
  if (!operation) throw new Failure('not-found')
  call.isRun = true
  const answer = operation.run(call)
  return answer instanceof Promise
    ? answer.then(answer => withProductHeaders(answer, call))
    : withProductHeaders(answer, call)
}

const finish = (
  exchange: Exchange,
  recipient: Recipient,
  { record, deliver }: ExchangeSinks,
  refusal: unknown
): MaybePromise<void> => {
  const { response } = recipient
  if (recipient.isGone) return record({ ...exchange, left: true })
  if (refusal instanceof Failure && refusal.kind === 'too-large') endAfterResponse(response.req, response)
  const { call, answer, rules } = exchange
  const outgoing: OutgoingResponse = {
    request: response.req,
    response,
    answer,
    date: call.space.clock.httpDate(call.now),
    options: rules && deliveryOptions(rules, call, recipient)
  }
  try {
    writeHead(outgoing)
  } catch (thrown) {
    return finishWithError(thrown, exchange, outgoing).then(exchange => {
      record(exchange)
      deliver({ ...outgoing, answer: exchange.answer, options: undefined })
    })
  }
  record(exchange)
  deliver(outgoing)
}

/** After an invalid header: the server error of the product, or a bare one if its headers are invalid too. */
const finishWithError = async (thrown: unknown, exchange: Exchange, outgoing: OutgoingResponse): Promise<Exchange> => {
  const { rules } = exchange
  const refused = { ...(await refuse({ ...exchange, rules: undefined }, thrown)), rules }
  try {
    writeHead({ ...outgoing, answer: refused.answer, options: undefined })
    return refused
  } catch {
    writeHead({ ...outgoing, answer: bare, options: undefined })
    return { ...refused, answer: bare }
  }
}

const deliveryOptions = (
  { fault, dribble }: RuleContext,
  { space }: ProductCall,
  recipient: Recipient
): DeliveryOptions => ({
  fault,
  dribble,
  wait: ms => space.pause(ms, recipient.goneSignal()),
  stopping: space.stopping
})
