import { BoundedMap, getOrCreate } from '../../base/collections.js'
import { eachInSlices, type Slices } from '../../base/slices.js'
import type { Call, Operation } from '../../product/product.js'
import type { Session, TokenStatus } from '../../session/session-store.js'
import { isDue } from './call-selector.js'
import { accountOf, loginOf, type MatchInput } from './matchers.js'
import type { Rule } from './rule.js'
import { type RandomKey, RuleContext } from './rule-context.js'

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

/** The rules of a scenario by operation and login, so that a call is only matched with rules that can apply. */
class RuleIndex {
  readonly #rules: readonly Rule[]
  readonly #byOperation = new Map<Operation, OperationRules>()

  constructor(rules: readonly Rule[]) {
    this.#rules = rules
  }

  /** The rules of the operation, indexed at its first call. */
  of({ product, operation }: Call): OperationRules {
    if (!operation) return none
    const known = this.#byOperation.get(operation)
    if (known) return known
    const matching = this.#rules.filter(({ on }) => on.has(`${product.name}.${operation.name}`))
    const created = new OperationRules(matching, product.accounts.caseInsensitive ?? false)
    this.#byOperation.set(operation, created)
    return created
  }
}

/** The rules of one operation. */
class OperationRules {
  /** Rules for all logins. */
  readonly #others: readonly Rule[]
  /** For each login with own rules, these and the rules for all logins, in the order of the scenario. */
  readonly #byLogin = new Map<string, readonly Rule[]>()
  readonly #caseInsensitive: boolean

  /** `caseInsensitive`: the product ignores the case of logins. */
  constructor(
    readonly all: readonly Rule[],
    caseInsensitive: boolean
  ) {
    this.#caseInsensitive = caseInsensitive
    this.#others = all.filter(({ login }) => login === undefined)
    for (const rule of all) {
      if (rule.login === undefined) continue
      const key = this.#key(rule.login)
      const together = [...(this.#byLogin.get(key) ?? this.#others), rule]
      this.#byLogin.set(
        key,
        together.sort((a, b) => a.number - b.number)
      )
    }
  }

  /** The rules that can match this login, or a call without a login. */
  for(login: string | undefined): readonly Rule[] {
    if (login === undefined) return this.#others
    return this.#byLogin.get(this.#caseInsensitive ? login.toLowerCase() : login) ?? this.#others
  }

  #key(login: string): string {
    return this.#caseInsensitive ? login.toLowerCase() : login
  }
}

const none = new OperationRules([], false)

const indexes = new WeakMap<readonly Rule[], RuleIndex>()

/** The index of these rules: one for all spaces with the same scenario. */
const ruleIndexOf = (rules: readonly Rule[]): RuleIndex => getOrCreate(indexes, rules, () => new RuleIndex(rules))

/** Numbers of matches and applications of a rule. */
export interface RuleCounts {
  matched: number
  played: number
  /** End of a rule with `for`, in Unix milliseconds by the space's clock; absent before its first application. */
  until?: number
}

/** The counts of a rule for one session. */
export interface SessionCounts extends Readonly<RuleCounts> {
  /** The number of the session. */
  readonly session: number
  /** The number of the rule. */
  readonly rule: number
}

type CountsByRule = Map<number, RuleCounts>

/** The counts of rules for each session. */
class CountsBySession {
  #bySession = new WeakMap<Session, CountsByRule>()
  readonly #views = new Set<CountsView>()

  /** The counts of a rule for a session, for a change. */
  of(session: Session, rule: number): RuleCounts {
    for (const view of this.#views) view.keep(session, this.#bySession.get(session))
    const byRule = getOrCreate(this.#bySession, session, () => new Map<number, RuleCounts>())
    return getOrCreate(byRule, rule, () => ({ matched: 0, played: 0 }))
  }

  /** A view of the current counts that later changes leave alone, for a reader in slices of time. Call its `end` afterwards. */
  view(): CountsView {
    const view = new CountsView(
      session => this.#bySession.get(session),
      () => this.#views.delete(view)
    )
    this.#views.add(view)
    return view
  }

  /** Takes over these counts. */
  restore(counts: WeakMap<Session, CountsByRule>): void {
    this.#bySession = counts
  }
}

/** The counts of one moment. */
class CountsView {
  /** The counts of sessions with later changes. */
  readonly #before = new Map<Session, readonly SessionCounts[]>()
  readonly #current: (session: Session) => CountsByRule | undefined

  constructor(
    current: (session: Session) => CountsByRule | undefined,
    readonly end: () => void
  ) {
    this.#current = current
  }

  /** Keeps the counts of a session before a change. */
  keep(session: Session, counts: CountsByRule | undefined): void {
    if (!this.#before.has(session)) this.#before.set(session, listCounts(session, counts))
  }

  of(session: Session): readonly SessionCounts[] {
    return this.#before.get(session) ?? listCounts(session, this.#current(session))
  }
}

const listCounts = ({ number }: Session, byRule: CountsByRule | undefined): SessionCounts[] =>
  Array.from(byRule ?? [], ([rule, counts]) => ({ session: number, rule, ...counts }))

/** The counts of a snapshot, by the session objects of its lists. */
export const prepareCounts = async (
  counts: readonly SessionCounts[],
  lists: readonly (readonly Session[])[],
  slices: Slices
): Promise<WeakMap<Session, CountsByRule>> => {
  const bySession = new WeakMap<Session, CountsByRule>()
  if (counts.length === 0) return bySession
  const byNumber = new Map<number, CountsByRule>()
  await eachInSlices(counts, slices, ({ session, rule, ...own }) =>
    getOrCreate(byNumber, session, () => new Map<number, RuleCounts>()).set(rule, own)
  )
  for (const sessions of lists)
    await eachInSlices(sessions, slices, session => {
      const byRule = byNumber.get(session.number)
      if (byRule) bySession.set(session, byRule)
    })
  return bySession
}
