import { AbortController } from '../base/node-globals.js'
import type { MaybePromise } from '../base/promises.js'
import {
  type ClientResponse,
  type Deliver,
  type DeliveryOptions,
  endAfterResponse,
  type OutgoingResponse,
  writeHead
} from '../http/delivery.js'
import { type Answer, withHeaders } from '../http/response.js'
import { Failure } from '../product/failure.js'
import { methodsAt } from '../product/routes.js'
import { preferredRule } from '../scenario/engine/prefer.js'
import type { RuleContext } from '../scenario/engine/rule-context.js'
import type { ProductCall } from './call.js'

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

/** The response of the product to an error; if that throws, its response to this error, and then a bare one. */
const refuse = async (exchange: Exchange, thrown: unknown, tries = 2): Promise<Exchange> => {
  const { call, rules, bugs } = exchange
  if (tries === 0) return { ...exchange, answer: withRuleChanges(bare, rules), bugs: [...bugs, thrown] }
  const failure = thrown instanceof Failure ? withAllow(thrown, call) : bugFailure
  const refused = { ...exchange, failure, bugs: thrown instanceof Failure ? bugs : [...bugs, thrown] }
  try {
    return { ...refused, answer: withRuleChanges(await responseTo(failure, call), rules) }
  } catch (error) {
    return refuse(refused, error, tries - 1)
  }
}

const responseTo = async (failure: Failure, call: ProductCall): Promise<Answer> => {
  if (call.isRun) call.countUse(failure)
  const { operation, product } = call
  const respond = operation?.failureResponses?.[failure.kind] ?? product.failureResponses[failure.kind]
  return withProductHeaders(await respond(failure, call), call, failure)
}

/** The response if even that for a server error throws. */
const bare: Answer = { status: 500, headers: {} }

/** An error that is no Failure is a bug of session-mock. */
const bugFailure = new Failure('server-error', { why: { reason: 'bug' } })

/** `method-not-allowed` of a rule lists the methods of the path, like the refusal of a wrong method. */
const withAllow = (failure: Failure, { product, request }: ProductCall): Failure => {
  const { kind, detail } = failure
  if (kind !== 'method-not-allowed' || detail.allow) return failure
  const allow = methodsAt(product, request.url)
  return allow.length === 0 ? failure : new Failure(kind, { ...detail, allow })
}

/** A call, its response, and the causes of the response. */
export interface Exchange {
  readonly call: ProductCall
  readonly answer: Answer
  /** Undefined if no rule applied. */
  readonly rules: RuleContext | undefined
  /** The refusal, if any. */
  readonly failure: Failure | undefined
  /** The client disconnected before the response. */
  readonly left: boolean
  /** Errors thrown by bugs of session-mock. */
  readonly bugs: readonly unknown[]
}

const noBugs: readonly unknown[] = []

/** An exchange without a failure. Written without a spread, which takes 5 % of the time of a request. */
const exchangeWith = (call: ProductCall, answer: Answer, rules: RuleContext | undefined): Exchange => ({
  call,
  answer,
  rules,
  failure: undefined,
  left: false,
  bugs: noBugs
})

/** The recipient of a response, who may disconnect before it. */
export interface Recipient {
  readonly response: ClientResponse
  readonly isGone: boolean
  /** A signal that is aborted by a disconnect. Created on demand, as few calls wait. */
  goneSignal(): AbortSignal
  /** No byte is sent before its response. */
  keepSilent(): void
}

/** The client at the other end of a response. */
export class Client implements Recipient {
  #controller: AbortController | undefined

  constructor(readonly response: ClientResponse) {}

  get isGone(): boolean {
    return this.response.destroyed
  }

  keepSilent(): void {
    this.response.isSilent = true
  }

  goneSignal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    const controller = new AbortController()
    if (this.isGone) controller.abort()
    else this.response.once('close', () => controller.abort())
    this.#controller = controller
    return controller.signal
  }
}

/** The response with the common headers of the product and the changes of an overlay. */
const withProductHeaders = (answer: Answer, call: ProductCall, failure?: Failure): Answer => {
  const complete: Answer = {
    status: answer.status,
    headers: answer.headers,
    always: call.product.headers?.(call, answer),
    body: answer.body
  }
  const { overlay } = call.space
  return overlay ? overlay.apply(complete, call, failure) : complete
}

/** The response with the changes of the rules. */
const withRuleChanges = (answer: Answer, rules: RuleContext | undefined): Answer =>
  rules ? withHeaders({ ...answer, status: rules.status ?? answer.status }, rules.headers) : answer
