import { BoundedMap } from '../../base/bounded-map.js'
import type { Call } from '../../product/product.js'
import type { Session, TokenStatus } from '../../session/sessions.js'
import { isDue } from './call-selector.js'
import { accountOf, loginOf, type MatchInput } from './matchers.js'
import type { Rule } from './rule.js'
import { type RandomKey, RuleContext } from './rule-context.js'
import { type RuleIndex, ruleIndexOf } from './rule-index.js'
import { CountsBySession, type CountsView, type RuleCounts, type SessionCounts } from './session-counts.js'

export type { RuleCounts, SessionCounts } from './session-counts.js'

/** The counts of a scenario's rules in a space. */
export interface RuleEngineState {
  /** Start of the scenario by the clock of the space, in Unix milliseconds. */
  readonly began: number
  /** In the order of the rules. */
  readonly totals: readonly Readonly<RuleCounts>[]
  /** By the number of the rule and the login. */
  readonly byLogin: readonly (readonly [key: string, counts: Readonly<RuleCounts>])[]
  readonly bySession: readonly SessionCounts[]
}

interface Due {
  readonly rule: Rule
  readonly draw: RandomKey
}

/** The client of a call. */
interface RuleRecipient {
  /** Aborted by its disconnection. */
  goneSignal(): AbortSignal
  /** No byte may be sent to it before its response. */
  keepSilent(): void
}

/** The rules of a scenario in one space: selects the rules for a call, and keeps their counts. */
export class RuleEngine {
  readonly rules: readonly Rule[]
  readonly #index: RuleIndex
  readonly #totals: RuleCounts[]
  readonly #bySession = new CountsBySession()
  readonly #byLogin: BoundedMap<RuleCounts>
  readonly #began: number

  /** `began`: the start of the scenario by the clock of the space; `byLogin`: the map for the counts of logins. */
  constructor(rules: readonly Rule[], began: number, byLogin = new BoundedMap<RuleCounts>()) {
    this.rules = rules
    this.#began = began
    this.#byLogin = byLogin
    this.#totals = rules.map(() => ({ matched: 0, played: 0 }))
    this.#index = ruleIndexOf(rules)
  }

  /** A copy of the counts, without those of sessions. */
  snapshot(): Omit<RuleEngineState, 'bySession'> {
    return {
      began: this.#began,
      totals: this.#totals.map(counts => ({ ...counts })),
      byLogin: this.#byLogin.entries().map(([key, counts]) => [key, { ...counts }])
    }
  }

  /** The current counts of sessions; undefined if no rule counts by session. */
  viewBySession(): CountsView | undefined {
    return this.rules.some(({ selector }) => selector.per === 'session') ? this.#bySession.view() : undefined
  }

  /** Restores counts, if nothing has been counted here yet. */
  restore({ totals, byLogin }: RuleEngineState, bySession: WeakMap<Session, Map<number, RuleCounts>>): void {
    for (const [index, counts] of totals.entries()) Object.assign(this.#totals[index] ?? {}, counts)
    this.#byLogin.with(byLogin.map(([key, counts]) => [key, { ...counts }]))
    this.#bySession.restore(bySession)
  }

  counts(rule: Rule): Readonly<RuleCounts> {
    return this.#total(rule)
  }

  /** Applies the rules to a call; undefined if none applies. `preferred`: the rule of the `Prefer` header. */
  apply(call: Call, recipient: RuleRecipient, preferred?: Rule): Promise<RuleContext> | undefined {
    const rules = this.#index.of(call)
    if (rules.all.length === 0 && !preferred) return undefined
    const { space, product, token } = call
    const tokenStatus = token === undefined ? nobody : space.sessions.peek(product.name, token, call.at)
    const input = { call, tokenStatus }
    const due = this.#due(rules.for(loginOf(input)), input, preferred)
    if (due.some(({ rule }) => rule.steps.some(({ effect }) => effect.breaks))) recipient.keepSilent()
    return due.length === 0 ? undefined : applyRules(new RuleContext(call, recipient.goneSignal(), tokenStatus), due)
  }

  /**
   * The rules to apply to this call. All are matched and counted in one step at its arrival, so that no other call
   * comes between; rules after a deciding one are counted, but not applied. The request's preferences come first.
   */
  #due(rules: readonly Rule[], input: MatchInput, preferred: Rule | undefined): Due[] {
    const due: Due[] = preferred ? [{ rule: preferred, draw: { purpose: preferred.title, count: 1 } }] : []
    let decided = preferred?.decides ?? false
    for (const rule of rules) {
      const draw = this.#matches(rule, input) ? this.#count(rule, input, !decided) : undefined
      if (!draw) continue
      due.push({ rule, draw })
      decided ||= rule.decides
    }
    return due
  }

  #matches({ selector: calls, conditions }: Rule, input: MatchInput): boolean {
    const since = input.call.at - this.#began
    // A clock that was set back is before the start of the scenario; rules without `from` apply there too.
    const within = (calls.from === 0 || since >= calls.from) && since < calls.until
    return within && conditions.every(holds => holds(input))
  }

  /** Counts a matching call; returns the random key if the rule applies to it. */
  #count(rule: Rule, input: MatchInput, free: boolean): RandomKey | undefined {
    const key = counterKeyOf(rule, input)
    if (key === undefined) return undefined
    const counts = this.#countsFor(rule, key)
    counts.matched += 1
    const draw = {
      purpose: `rule ${rule.number} ${typeof key === 'string' ? key : key.token}`,
      count: counts.matched
    }
    if (counts !== this.#total(rule)) this.#total(rule).matched += 1
    if (!free || !isApplied(rule, counts, draw, input)) return undefined
    this.#played(rule, counts, input.call.at)
    return draw
  }

  #played({ number, selector: calls }: Rule, counts: RuleCounts, at: number): void {
    const total = this.#totals[number - 1]
    for (const each of total && total !== counts ? [counts, total] : [counts]) each.played += 1
    if (calls.lasts === undefined || counts.until !== undefined) return
    counts.until = at + calls.lasts
    if (total) total.until = Math.max(counts.until, total.until ?? 0)
  }

  #total(rule: Rule): RuleCounts {
    return this.#totals[rule.number - 1] ?? { matched: 0, played: 0 }
  }

  #countsFor(rule: Rule, key: string | Session): RuleCounts {
    if (rule.selector.per === 'rule') return this.#total(rule)
    if (typeof key === 'string') return this.#countsByLogin(`${rule.number} ${key}`)
    return this.#bySession.of(key, rule.number)
  }

  #countsByLogin(key: string): RuleCounts {
    const counts = this.#byLogin.get(key) ?? zero()
    this.#byLogin.set(key, counts)
    return counts
  }
}

/** Applies the selected rules, effect by effect, until the client disconnects or the space is reset. */
const applyRules = async (context: RuleContext, due: readonly Due[]): Promise<RuleContext> => {
  for (const { rule, draw } of due) {
    if (context.isOver) break
    context.played.push(rule)
    for (const [index, { effect, value }] of rule.steps.entries()) {
      if (context.isOver) break
      await effect.apply(value, context, { rule, draw: { ...draw, purpose: `${draw.purpose} step ${index + 1}` } })
    }
  }
  return context
}

/** The key of the counter: the login or session of the call; undefined without one, and the rule does not apply. */
const counterKeyOf = ({ selector: calls }: Rule, input: MatchInput): string | Session | undefined => {
  if (calls.per === 'rule') return ''
  if (calls.per === 'login') return accountOf(input)
  return input.tokenStatus.is === 'unknown' ? undefined : input.tokenStatus.session
}

/** A rule with `for` starts at its first application; after that only its duration decides. */
const isApplied = (rule: Rule, counts: RuleCounts, draw: RandomKey, input: MatchInput): boolean => {
  if (counts.played >= rule.selector.times) return false
  if (counts.until !== undefined) return input.call.at < counts.until
  return isDue(rule.selector, counts.matched) && isDrawn(rule, draw, input)
}

const isDrawn = ({ selector: calls }: Rule, { purpose, count }: RandomKey, { call }: MatchInput): boolean =>
  calls.chance === 1 || call.space.random.fraction(`${purpose} chance`, count) < calls.chance

const nobody: TokenStatus = { is: 'unknown' }

const zero = (): RuleCounts => ({ matched: 0, played: 0 })
