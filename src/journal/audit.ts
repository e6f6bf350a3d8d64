import type { Rule } from '../scenario/engine/rule.js'
import type { RuleEngine } from '../scenario/engine/rule-engine.js'
import type { Scenario } from '../scenario/scenario.js'
import { type JudgedSpace, type Verdict, type VerdictName, verdictsOf } from './verdicts.js'

/** The view of a space that the audit needs. */
export interface AuditedSpace extends JudgedSpace {
  readonly scenario: Scenario
  readonly ruleEngine: RuleEngine
}

/** Findings listed for each verdict; above this, only their number. */
const maxListed = 20

/** The result of `--strict`: failed verdicts and unused rules of all spaces. */
export class StrictAudit {
  readonly #failed = new Map<VerdictName, { readonly description: string; count: number; readonly words: string[] }>()
  readonly #rules = new Map<string, Rule>()
  readonly #played = new Set<string>()
  readonly #isOffer: (scenario: Scenario) => boolean

  /** `isOffer`: a scenario is a catalogue of rules to choose from, in which a rule may stay unused. */
  constructor(isOffer: (scenario: Scenario) => boolean) {
    this.#isOffer = isOffer
  }

  readonly onDiscard = (space: AuditedSpace): void => {
    for (const verdict of verdictsOf([space])) this.#judge(verdict)
    if (!this.#isOffer(space.scenario)) for (const rule of space.ruleEngine.rules) this.#rules.set(keyOf(rule), rule)
    this.onRulesChange(space)
  }

  readonly onRulesChange = ({ ruleEngine, inherited }: AuditedSpace): void => {
    for (const rule of ruleEngine.rules)
      if (ruleEngine.counts(rule).played > (inherited.played[rule.number - 1] ?? 0)) this.#played.add(keyOf(rule))
  }

  /** One line per finding; empty if everything passed. `spaces`: those that still exist. Called once, at the end. */
  findings(spaces: readonly AuditedSpace[]): string[] {
    for (const space of spaces) this.onDiscard(space)
    const idle = [...this.#rules].filter(([key]) => !this.#played.has(key)).map(([, rule]) => rule)
    return [
      ...[...this.#failed].flatMap(([verdict, { description, count, words }]) => [
        `${verdict}: ${description} (${count})`,
        ...words.map(each => `  ${each}`),
        ...(count > maxListed ? [`  and ${count - maxListed} more`] : [])
      ]),
      ...(idle.length === 0 ? [] : [`rules never applied (${idle.length})`]),
      ...idle.map(({ title, sentence }) => `  ${title}: ${sentence}`)
    ]
  }

  #judge({ verdict, description, findings }: Verdict): void {
    if (findings.length === 0) return
    const failed = this.#failed.get(verdict) ?? { description, count: 0, words: [] }
    this.#failed.set(verdict, failed)
    failed.count += findings.length
    failed.words.push(
      ...findings.slice(0, maxListed - failed.words.length).map(({ space, words }) => `${space}: ${words}`)
    )
  }
}

/** A key that is equal in every space, and after a reload of the scenario file. */
const keyOf = ({ title, sentence }: Rule): string => `${title} ${sentence}`
