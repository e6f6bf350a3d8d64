import type { FromSchema } from 'json-schema-to-ts'
import { parseDuration } from '../../base/duration.js'
import { isExpression } from '../../base/expression.js'
import type { Product } from '../../product/product.js'
import {
  type CallSelector,
  describeCalls,
  durationSchema,
  parseRange,
  rangeSchema,
  targetOperations
} from './call-selector.js'
import { compileConditions, describeConditions, type When, whenSchema } from './conditions.js'
import {
  bareEffects,
  type EffectName,
  type EndDraft,
  effectNames,
  effects,
  type StateMove,
  type Step,
  step
} from './effects.js'
import type { Condition } from './matchers.js'
import type { PlayedRule } from './rule-context.js'

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

const effectObject = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  title: 'effects by their names, with their values',
  properties: Object.fromEntries(effectNames.map(name => [name, effects[name].schema]))
}

const effectWord = { type: 'string', enum: bareEffects, title: `an effect without a value: ${bareEffects.join(', ')}` }

export const thenSchema = {
  description: 'One effect or several, by name; effects without a value may be a bare word.',
  title: 'an effect, or a list of effects',
  anyOf: [
    effectWord,
    effectObject,
    { type: 'array', minItems: 1, items: { anyOf: [effectWord, effectObject], title: 'an effect' } }
  ]
}

/** The keys of a rule except `on` and `then`, which depend on products and effects. */
export const ruleKeys = {
  name: { type: 'string', minLength: 1, description: 'Name of the rule in the log and the journal.' },
  when: { ...whenSchema, description: 'Conditions; all must match.' },
  call: {
    ...rangeSchema,
    description: 'Number of the matching call: 3, "2-4" or "3-".'
  },
  every: { type: 'integer', minimum: 1, description: 'Every n-th matching call.' },
  times: { type: 'integer', minimum: 1, description: 'Maximum number of applications.' },
  chance: { type: 'number', minimum: 0, maximum: 1, description: 'Probability: 0 never, 1 always.' },
  from: { ...durationSchema, description: 'Start, as a duration after the start of the scenario.' },
  until: { ...durationSchema, description: 'End, as a duration after the start of the scenario.' },
  for: {
    ...durationSchema,
    description:
      'Duration from the first application by the clock of the space: all matching calls in it, none after it; with per, separately for each session or login.'
  },
  per: {
    enum: ['rule', 'session', 'login'],
    description: 'Counter: all matching calls (rule), or separately for each session or login.'
  }
} as const
