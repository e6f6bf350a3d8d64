import type { FromSchema } from 'json-schema-to-ts'
import { parseDuration } from '../../base/duration.js'
import { isExpression } from '../../base/expression.js'
import type { Product } from '../../product/product.js'
import { type CallSelector, callPattern, describeCalls, parseCallRange } from './call-selector.js'
import { type Condition, compileConditions, describeConditions, type When, whenSchema } from './conditions.js'
import { bareEffects, type EffectName, effectNames, effects, type Step, step } from './effects.js'
import type { PlayedRule } from './rule-context.js'
import { durationSchema } from './schema-parts.js'
import type { StateMove } from './state-move.js'

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
    description: 'Number of the matching call: 3, "2-4" or "3-".',
    title: 'a whole number from 1, or a range such as "2-4" or "3-"',
    anyOf: [
      { type: 'integer', minimum: 1 },
      { type: 'string', pattern: callPattern }
    ]
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
type EffectMap = Readonly<Partial<Record<EffectName, unknown>>> & { readonly state?: StateMove }

/** A compiled rule. Its counts are kept by the rule engine of each space. */
export interface Rule extends PlayedRule {
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
  draft: RuleDocument,
  number: number,
  place: string | undefined,
  products: readonly Product[]
): Rule => {
  const calls = callsOf(draft)
  const steps = stepsOf(draft.then)
  const clauses = [
    `on ${[draft.on].flat().map(describeTarget).join(' or ')}`,
    ...(draft.when ? [`when ${describeConditions(draft.when).join(' and ')}`] : []),
    ...describeCalls(calls)
  ]
  return {
    number,
    title: `rule ${draft.name === undefined ? number : `"${draft.name}"`}${place === undefined ? '' : ` (${place})`}`,
    sentence: `${clauses.join(', ')}: ${steps.map(({ effect, value }) => effect.describe(value)).join(', then ')}`,
    on: new Set([draft.on].flat().flatMap(word => targetOperations(word, products))),
    login: singleLogin(draft.when),
    conditions: compileConditions(draft.when ?? {}),
    selector: calls,
    steps,
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
  ...parseCallRange(call),
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

/** All words that `on` accepts for these products. */
export const targetWords = (products: readonly Product[]): string[] => [
  '*',
  ...products.map(({ name }) => name),
  ...new Set(products.flatMap(({ operations }) => operations.map(({ name }) => name))),
  ...products.flatMap(({ name, operations }) => operations.map(operation => `${name}.${operation.name}`))
]

/** The operations of a word of `on`, as `product.operation`. */
export const targetOperations = (word: string, products: readonly Product[]): string[] =>
  products.flatMap(product =>
    product.operations
      .filter(({ name }) => ['*', product.name, name, `${product.name}.${name}`].includes(word))
      .map(({ name }) => `${product.name}.${name}`)
  )
