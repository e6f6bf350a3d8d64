import type { Rule } from '../scenario/engine/rule.js'
import type { RuleEngine } from '../scenario/engine/rule-engine.js'
import type { Scenario } from '../scenario/scenario.js'
import { type JudgedSpace, type Verdict, type VerdictName, verdictsOf } from './verdicts.js'

/** A space whose scenario is audited. */
export interface AuditedSpace extends JudgedSpace {
  readonly scenario: Scenario
  readonly ruleEngine: RuleEngine
}

/** Findings of a verdict that are said one by one; of the others only the number. */
const most = 20

/** What is wrong at the end: verdicts that failed in any space, and rules that never played in any. */
export class StrictAudit {
  readonly #failed = new Map<VerdictName, { readonly description: string; count: number; readonly words: string[] }>()
  readonly #rules = new Map<string, Rule>()
  readonly #played = new Set<string>()
  readonly #isOffer: (scenario: Scenario) => boolean

  /** `isOffer`: the scenario's rules are there to be picked from, so that none needs to play. */
  constructor(isOffer: (scenario: Scenario) => boolean) {
    this.#isOffer = isOffer
  }

  readonly onDiscard = (space: AuditedSpace): void => {
    for (const verdict of verdictsOf([space])) this.#judge(verdict)
    if (!this.#isOffer(space.scenario)) for (const rule of space.ruleEngine.rules) this.#rules.set(keyOf(rule), rule)
    this.onRulesChange(space)
  }

  readonly onRulesChange = ({ ruleEngine: play, inherited }: AuditedSpace): void => {
    for (const rule of play.rules)
      if (play.counts(rule).played > (inherited.played[rule.number - 1] ?? 0)) this.#played.add(keyOf(rule))
  }

  /** In words, with the spaces that are still there; nothing where all is well. Asked once, at the end. */
  findings(spaces: readonly AuditedSpace[]): string[] {
    for (const space of spaces) this.onDiscard(space)
    const idle = [...this.#rules].filter(([key]) => !this.#played.has(key)).map(([, rule]) => rule)
    return [
      ...[...this.#failed].flatMap(([verdict, { description, count, words }]) => [
        `${verdict}: ${description} (${count})`,
        ...words.map(each => `  ${each}`),
        ...(count > most ? [`  and ${count - most} more`] : [])
      ]),
      ...(idle.length === 0 ? [] : [`rules that never played (${idle.length})`]),
      ...idle.map(({ title, sentence }) => `  ${title}: ${sentence}`)
    ]
  }

  #judge({ verdict, description, findings }: Verdict): void {
    if (findings.length === 0) return
    const failed = this.#failed.get(verdict) ?? { description, count: 0, words: [] }
    this.#failed.set(verdict, failed)
    failed.count += findings.length
    failed.words.push(...findings.slice(0, most - failed.words.length).map(({ space, words }) => `${space}: ${words}`))
  }
}

/** The same rule in every space, and after its file was read again. */
const keyOf = ({ title, sentence }: Rule): string => `${title} ${sentence}`
