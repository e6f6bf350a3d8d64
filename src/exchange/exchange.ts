import type { Answer } from '../http/answer.js'
import type { Failure } from '../product/failure.js'
import type { RuleContext } from '../scenario/engine/rule-context.js'
import type { ProductCall } from './call.js'

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

const noBugs: readonly unknown[] = []

/** An exchange without a failure. Written out: a spread costs V8 a twentieth of an ordinary request. */
export const exchangeWith = (call: ProductCall, answer: Answer, rules: RuleContext | undefined): Exchange => ({
  call,
  answer,
  rules,
  failure: undefined,
  left: false,
  bugs: noBugs
})
