import { formatDuration, parseDuration } from '../../base/duration.js'
import type { Product } from '../../product/product.js'
import type { RuleDocument } from '../engine/rule.js'
import type { ValidationIssue } from '../validation-issue.js'
import type { ScenarioDocument } from './scenario-document.js'

/** Warnings about times: sessions that end at their start, or before the start of the scenario. */
export const timeWarnings = (scenario: ScenarioDocument, products: readonly Product[]): ValidationIssue[] => [
  ...Object.entries(scenario.products ?? {}).flatMap(([name, settings]) =>
    (['idle', 'lifetime'] as const)
      .filter(key => parseDuration(settings[key] ?? '') === 0)
      .map(key => ({
        path: ['products', name, key],
        message: `every session expires immediately; for a session without expiry, write never`
      }))
  ),
  ...(scenario.sessions ?? []).flatMap((session, index) => {
    const end = endOf(session, scenario, products)
    if (end === undefined) return []
    const message = `this session has expired before the start: ${end}; write status: expired if this is intended`
    return [{ path: ['sessions', index, 'age'], message }]
  })
]

/** Why an open session of that age has already ended, in words; undefined if it has not. */
const endOf = (
  { product: name, age = '0s', status = 'open' }: NonNullable<ScenarioDocument['sessions']>[number],
  { products: settings = {} }: ScenarioDocument,
  products: readonly Product[]
): string | undefined => {
  const product = products.find(each => each.name === name)
  const old = parseDuration(age) ?? 0
  if (!product || status !== 'open' || old === 0) return undefined
  const { policy, observed } = product.sessions
  const own = settings[name] ?? {}
  const habits = own.fidelity === 'observed' ? { ...policy, ...observed } : policy
  const idle = own.idle === undefined ? habits.idle : span(own.idle)
  const lifetime = own.lifetime === undefined ? habits.lifetime : span(own.lifetime)
  if (old >= idle) return `one of ${product.title} ends when unused for ${formatDuration(idle)}`
  return old >= lifetime ? `one of ${product.title} ends ${formatDuration(lifetime)} after its login` : undefined
}

const span = (text: string): number => parseDuration(text) ?? Number.POSITIVE_INFINITY

/** Warnings about a rule with a duration without effect. */
export const durationWarnings = ({ for: lasts, times, then }: RuleDocument): string[] => [
  ...(lasts !== undefined && times === 1
    ? ['for has no effect here: with times: 1 the rule applies to one call only']
    : []),
  ...(times !== 1 && isZero(lasts) ? ['for: 0s ends immediately: the rule applies to one call only'] : []),
  ...[then].flat().flatMap(item => {
    const move = typeof item === 'string' ? undefined : item.state
    return typeof move === 'object' && isZero(move.for)
      ? [`the state ${move.to} ends immediately: its duration is ${move.for}`]
      : []
  })
]

const isZero = (span: string | undefined): boolean => span !== undefined && parseDuration(span) === 0
