import type { RuleFacts } from './rule-facts.js'

/** Creates a search for rules that may hide a rule. Of equal rules only the first is needed; their first condition is one of the hidden rule. */
export const createHidingSearch = (rules: readonly RuleFacts[]): ((rule: RuleFacts) => RuleFacts[]) => {
  const known = new Set<string>()
  const byCondition = new Map<string, RuleFacts[]>()
  for (const rule of rules) {
    const { when, operations, decidesAlways } = rule
    const key = [...operations, ...when].sort().join(' ')
    if (!decidesAlways || known.has(key)) continue
    known.add(key)
    const condition = String(when[0])
    const others = byCondition.get(condition)
    if (others) others.push(rule)
    else byCondition.set(condition, [rule])
  }
  return ({ when }) => [undefined, ...when].flatMap(condition => byCondition.get(String(condition)) ?? [])
}

/** The earlier rule decides all calls of the later one: its conditions are among those of the later one. */
export const hides = (earlier: RuleFacts, { index, operations, when }: RuleFacts): boolean =>
  earlier.index < index &&
  earlier.operations.size >= operations.size &&
  [...operations].every(name => earlier.operations.has(name)) &&
  earlier.when.every(([key, value]) => when.some(([other, same]) => other === key && same === value))
