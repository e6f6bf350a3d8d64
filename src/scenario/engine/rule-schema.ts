import { rangeSchema } from './call-selector.js'
import { whenSchema } from './conditions.js'
import { bareEffects, effectNames, effects } from './effects.js'
import { durationSchema } from './schema-parts.js'

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
