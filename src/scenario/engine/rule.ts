import type { FromSchema } from 'json-schema-to-ts'
import { parseDuration } from '../../base/duration.js'
import { isExpression } from '../../base/expression.js'
import type { Product } from '../../product/product.js'
import { type CallSelector, describeCalls, parseRange } from './call-selector.js'
import { compileConditions, describeConditions, type When } from './conditions.js'
import { type EffectName, type EndDraft, effectNames, type Step, step } from './effects.js'
import type { Condition } from './matchers.js'
import type { PlayedRule } from './rule-context.js'
import type { ruleKeys } from './rule-schema.js'
import { targetOperations } from './rule-targets.js'
import type { StateMove } from './state-move.js'

/** A rule of a document that is valid by the schema. */
export interface RuleDocument {
  readonly on: string | readonly string[]
  readonly name?: string
  readonly when?: When
  readonly call?: number | string
  readonly every?: number
  readonly times?: number
  readonly chance?: number
  readonly from?: string
  readonly until?: string
  readonly for?: string
  readonly per?: FromSchema<typeof ruleKeys.per>
  readonly then: EffectDocument | readonly EffectDocument[]
}

type EffectDocument = EffectName | EffectMap
type EffectMap = Readonly<Partial<Record<EffectName, unknown>>> & {
  readonly state?: StateMove
  readonly expire?: EndDraft
  readonly revoke?: EndDraft
}

/** A compiled rule. Its counts are kept by the rule engine of each space. */
export interface Rule extends PlayedRule {
  /** Undefined for a rule that is in no scenario. */
  readonly document: RuleDocument | undefined
  /** The operations of the rule, as `product.operation`. */
  readonly on: ReadonlySet<string>
  /** The login of all matching calls, if the rule has a condition for a single one. */
  readonly login: string | undefined
  readonly conditions: readonly Condition[]
  readonly selector: CallSelector
  readonly steps: readonly Step[]
  readonly decides: boolean
}

/** `place` is the position of the rule: `scenario.yaml:14`. */
export const compileRule = (
  document: RuleDocument,
  number: number,
  place: string | undefined,
  products: readonly Product[]
): Rule => {
  const calls = callsOf(document)
  const steps = stepsOf(document.then)
  const clauses = [
    `on ${[document.on].flat().map(describeTarget).join(' or ')}`,
    ...(document.when ? [`when ${describeConditions(document.when).join(' and ')}`] : []),
    ...describeCalls(calls)
  ]
  return {
    number,
    title: `rule ${document.name === undefined ? number : `"${document.name}"`}${place === undefined ? '' : ` (${place})`}`,
    sentence: `${clauses.join(', ')}: ${steps.map(({ effect, value }) => effect.describe(value)).join(', then ')}`,
    on: new Set([document.on].flat().flatMap(word => targetOperations(word, products))),
    login: singleLogin(document.when),
    conditions: compileConditions(document.when ?? {}),
    selector: calls,
    steps,
    document,
    decides: steps.some(({ effect }) => effect.decides)
  }
}

const describeTarget = (word: string): string => (word === '*' ? 'any request' : word)

const singleLogin = ({ login }: When = {}): string | undefined =>
  login === undefined || isExpression(login) ? undefined : login

const callsOf = ({
  call,
  every = 1,
  times,
  chance = 1,
  from,
  until,
  for: lasts,
  per = 'rule'
}: RuleDocument): CallSelector => ({
  ...parseRange(call),
  every,
  times: times ?? Number.POSITIVE_INFINITY,
  chance,
  from: parseDuration(from ?? '') ?? 0,
  until: parseDuration(until ?? '') ?? Number.POSITIVE_INFINITY,
  ...(lasts === undefined ? {} : { lasts: parseDuration(lasts) ?? Number.POSITIVE_INFINITY }),
  per
})

/** The effects in the order of the list, and within one item in the order of the table of effects. */
const stepsOf = (then: RuleDocument['then']): Step[] =>
  [then].flat().flatMap(item => {
    if (typeof item === 'string') return [step(item, true)]
    return effectNames.filter(name => item[name] !== undefined).map(name => step(name, item[name]))
  })
