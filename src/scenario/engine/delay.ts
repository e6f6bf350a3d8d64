import type { FromSchema } from 'json-schema-to-ts'
import { formatDuration, parseDuration } from '../../base/duration.js'
import type { Random } from '../../state/random.js'
import type { RandomKey } from './rule-context.js'
import { durationSchema } from './schema-parts.js'

export const delaySchema = {
  title:
    'a duration such as 2s, or one of { uniform: [100ms, 2s] }, { lognormal: { median: 90ms, sigma: 0.1, max: 5s } }',
  anyOf: [
    durationSchema,
    {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
      properties: {
        uniform: {
          type: 'array',
          items: durationSchema,
          minItems: 2,
          maxItems: 2,
          description: 'Uniform distribution between the two.'
        },
        lognormal: {
          type: 'object',
          additionalProperties: false,
          required: ['median', 'sigma'],
          description: 'Log-normal distribution, as of real servers: mostly near the median, with a long tail.',
          properties: {
            median: { ...durationSchema, description: 'Median of the delays.' },
            sigma: { type: 'number', minimum: 0, maximum: 10, description: 'Spread; 0.1 is narrow, 1 is wide.' },
            max: { ...durationSchema, description: 'Maximum delay.' }
          }
        }
      }
    }
  ]
} as const

export type Delay = FromSchema<typeof delaySchema>

/** The delay in milliseconds, by the random values of the key. */
export const drawDelay = (delay: Delay, random: Random, { purpose, count }: RandomKey): number => {
  if (typeof delay === 'string') return ms(delay)
  if (delay.uniform) {
    const [least = 0, most = 0] = delay.uniform.map(ms)
    return least + (most - least) * random.fraction(`${purpose} delay`, count)
  }
  const { median = '0ms', sigma = 0, max } = delay.lognormal ?? {}
  const wait = ms(median) * Math.exp(sigma * normal(random, purpose, count))
  return Math.min(wait, max === undefined ? Number.POSITIVE_INFINITY : ms(max))
}

export const describeDelay = (delay: Delay): string => {
  if (typeof delay === 'string') return `wait ${formatDuration(ms(delay))}`
  if (delay.uniform) return `wait between ${delay.uniform.map(each => formatDuration(ms(each))).join(' and ')}`
  const { median = '', sigma = 0, max } = delay.lognormal ?? {}
  const most = max === undefined ? '' : `, at most ${formatDuration(ms(max))}`
  return `wait about ${formatDuration(ms(median))} (lognormal, sigma ${sigma}${most})`
}

const ms = (text: string): number => parseDuration(text) ?? 0

/** A standard normal draw, by the Box-Muller transform. */
const normal = (random: Random, purpose: string, count: number): number => {
  const radius = Math.sqrt(-2 * Math.log(1 - random.fraction(`${purpose} radius`, count)))
  return radius * Math.cos(2 * Math.PI * random.fraction(`${purpose} angle`, count))
}
