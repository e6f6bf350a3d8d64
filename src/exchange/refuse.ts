import type { Answer } from '../http/answer.js'
import { Failure } from '../product/failure.js'
import { methodsAt } from '../product/routes.js'
import type { ProductCall } from './call.js'
import type { Exchange } from './exchange.js'
import { withProductHeaders, withRuleChanges } from './response.js'

/** The response of the product to an error; if that throws, its response to this error, and then a bare one. */
export const refuse = async (exchange: Exchange, thrown: unknown, tries = 2): Promise<Exchange> => {
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
export const bare: Answer = { status: 500, headers: {} }

/** An error that is no Failure is a bug of session-mock. */
const bugFailure = new Failure('server-error', { why: { reason: 'bug' } })

/** `method-not-allowed` of a rule lists the methods of the path, like the refusal of a wrong method. */
const withAllow = (failure: Failure, { product, request }: ProductCall): Failure => {
  const { kind, detail } = failure
  if (kind !== 'method-not-allowed' || detail.allow) return failure
  const allow = methodsAt(product, request.url)
  return allow.length === 0 ? failure : new Failure(kind, { ...detail, allow })
}
