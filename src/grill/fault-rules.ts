import type { Rule, RuleDocument } from '../scenario/engine/rule.js'
import type { ScenarioDocument } from '../scenario/format/compile.js'
import type { Place } from './place.js'
import type { FaultContext, PlaceFault } from './place-fault.js'

export const faultRuleName = (fault: string): string => `grill: ${fault}`

export const isFaultRule = ({ title }: Pick<Rule, 'title'>): boolean => title.startsWith(`rule "${faultRuleName('')}`)

/** The document with a fault at a place. */
export const withPlaceFault = (
  document: ScenarioDocument,
  fault: PlaceFault,
  place: Place,
  context: FaultContext
): ScenarioDocument =>
  withRules(document, [
    {
      name: faultRuleName(fault.name),
      on: `${place.product}.${place.operation}`,
      call: fault.forGood ? `${place.nth}-` : place.nth,
      then: fault.effect(place, context)
    }
  ])

/** Before the rules of the document: the first matching rule decides. */
export const withRules = (document: ScenarioDocument, rules: readonly RuleDocument[]): ScenarioDocument => ({
  ...document,
  rules: [...rules, ...(document.rules ?? [])]
})
