import { type Answer, withHeaders } from '../http/answer.js'
import type { Failure } from '../product/failure.js'
import type { RuleContext } from '../scenario/engine/rule-context.js'
import type { ProductCall } from './call.js'

/** The response with the common headers of the product and the changes of an overlay. */
export const withProductHeaders = (answer: Answer, call: ProductCall, failure?: Failure): Answer => {
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
export const withRuleChanges = (answer: Answer, rules: RuleContext | undefined): Answer =>
  rules ? withHeaders({ ...answer, status: rules.status ?? answer.status }, rules.headers) : answer
