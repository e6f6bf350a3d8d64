import type { MaybePromise } from '../base/maybe-promise.js'
import { type Answer, withHeaders } from '../http/answer.js'
import { type Deliver, type OutgoingResponse, writeHead } from '../http/delivery.js'
import { endAfterResponse } from '../http/linger.js'
import { Failure } from '../product/failure.js'
import { methodsAt } from '../product/routes.js'
import { preferredRule } from '../scenario/engine/prefer.js'
import type { RuleContext } from '../scenario/engine/rule-context.js'
import { httpDate } from '../state/clock.js'
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
 * Answers a call. `refusal` is what was wrong with it before its operation could begin: no such path, a body that cannot be
 * read, or what our own reading of it threw. Never throws.
 */
export const answerCall = (
  call: ProductCall,
  recipient: Recipient,
  sinks: ExchangeSinks,
  refusal?: unknown
): MaybePromise<void> => {
  const exchange = exchangeOf(call, recipient, refusal)
  return exchange instanceof Promise
    ? exchange.then(exchange => finish(exchange, recipient, sinks, refusal))
    : finish(exchange, recipient, sinks, refusal)
}

const finish = (
  exchange: Exchange,
  recipient: Recipient,
  sinks: ExchangeSinks,
  refusal: unknown
): MaybePromise<void> => {
  if (recipient.hasLeft) return sinks.record({ ...exchange, left: true })
  if (refusal instanceof Failure && refusal.kind === 'too-large')
    endAfterResponse(recipient.response.req, recipient.response)
  return send(exchange, recipient, sinks)
}

/** Answers a call that is not executed: with the product's words for the failure. Never throws. */
export const refuseCall = async (
  call: ProductCall,
  recipient: Recipient,
  sinks: ExchangeSinks,
  failure: Failure
): Promise<void> => {
  const exchange = await refuse(exchangeWith(call, bare, undefined), failure)
  if (recipient.hasLeft) sinks.record({ ...exchange, left: true })
  else await send(exchange, recipient, sinks)
}

/** Sends the answer; where Node refuses one of its headers, the product's server error instead. */
const send = (exchange: Exchange, recipient: Recipient, { record, deliver }: ExchangeSinks): MaybePromise<void> => {
  const outgoing = outgoingOf(exchange, recipient)
  const refused = refusalOfHead(outgoing)
  if (!refused) {
    record(exchange)
    return deliver(outgoing)
  }
  return refuse({ ...exchange, rules: undefined }, refused.thrown).then(instead => {
    const plain: OutgoingResponse = { ...outgoing, answer: instead.answer, manner: undefined }
    const sent = refusalOfHead(plain) ? { ...plain, answer: bare } : plain
    if (sent !== plain) writeHead(sent)
    record({ ...instead, rules: exchange.rules, answer: sent.answer })
    deliver(sent)
  })
}

const refusalOfHead = (outgoing: OutgoingResponse): { readonly thrown: unknown } | undefined => {
  try {
    writeHead(outgoing)
    return undefined
  } catch (thrown) {
    return { thrown }
  }
}

const outgoingOf = ({ call, rules, answer }: Exchange, recipient: Recipient): OutgoingResponse => {
  const { space } = call
  return {
    request: recipient.response.req,
    response: recipient.response,
    answer,
    date: httpDate(space.clock.now()),
    manner: rules && {
      fault: rules.fault,
      dribble: rules.dribble,
      wait: ms => space.pause(ms, recipient.gone()),
      stopping: space.stopping
    }
  }
}

/** Rules, then the product's own work, or else its words for what was thrown; and over both what the rules set. */
const exchangeOf = (call: ProductCall, recipient: Recipient, refusal: unknown): MaybePromise<Exchange> => {
  try {
    const rules = playRules(call, recipient)
    return rules instanceof Promise ? workedAfter(rules, call, refusal) : workedUnder(rules, call, refusal)
  } catch (thrown) {
    return refuse(exchangeWith(call, bare, undefined), thrown)
  }
}

/** Where the rules take time. */
const workedAfter = async (
  playing: Promise<RuleContext | undefined>,
  call: ProductCall,
  refusal: unknown
): Promise<Exchange> => {
  try {
    return await workedUnder(await playing, call, refusal)
  } catch (thrown) {
    return refuse(exchangeWith(call, bare, undefined), thrown)
  }
}

const playRules = (call: ProductCall, recipient: Recipient): MaybePromise<RuleContext | undefined> => {
  const { space, request } = call
  const asked = space.prefers && request.headers.prefer !== undefined ? preferredRule(call) : undefined
  return space.ruleEngine.apply(call, recipient, asked)
}

const workedUnder = (rules: RuleContext | undefined, call: ProductCall, refusal: unknown): MaybePromise<Exchange> => {
  try {
    const answer = work(call, rules, refusal)
    return answer instanceof Promise
      ? workedLater(answer, rules, call)
      : exchangeWith(call, rules ? overlaid(answer, rules) : answer, rules)
  } catch (thrown) {
    return refuse(exchangeWith(call, bare, rules), thrown)
  }
}

/** Where the product's work takes time. */
const workedLater = async (
  working: Promise<Answer>,
  rules: RuleContext | undefined,
  call: ProductCall
): Promise<Exchange> => {
  try {
    return exchangeWith(call, overlaid(dressed(await working, call), rules), rules)
  } catch (thrown) {
    return refuse(exchangeWith(call, bare, rules), thrown)
  }
}

/** The whole answer, or a promise of one that lacks the headers of the product. */
const work = (call: ProductCall, rules: RuleContext | undefined, refusal: unknown): MaybePromise<Answer> => {
  const { operation } = call
  if (call.isStale) throw new Failure('unavailable', { why: { reason: 'reset' } })
  if (rules?.reply) return rules.reply
  const wrong = rules?.failure ?? refusal
  if (wrong !== undefined) throw wrong
  if (!operation) throw new Failure('not-found')
  call.isRun = true
  const answer = operation.run(call)
  return answer instanceof Promise ? answer : dressed(answer, call)
}

/** The answer with what the rules set over it. */
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
  if (call.isRun) await call.useAnyway(failure)
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
