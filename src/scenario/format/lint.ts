import { keysOf } from '../../base/own-keys.js'
import { choice, nearest } from '../../base/user-error.js'
import { isLogin, type Product } from '../../product/product.js'
import { type AccountDocument, demo } from '../../state/accounts.js'
import { firstState } from '../../state/state.js'
import { isDue, parseCallRange } from '../engine/call-selector.js'
import { type EffectName, effects } from '../engine/effects.js'
import { type RuleDocument, targetOperations } from '../engine/rule.js'
import { readMove } from '../engine/state-move.js'
import { describeValue, type ValidationIssue } from '../validation-issue.js'
import type { ScenarioDocument } from './scenario-document.js'
import { durationWarnings, timeWarnings } from './time-lint.js'

/** Warnings about valid but unlikely scenarios: rules that never apply, effects without effect. They reject nothing. */
export const lint = (scenario: ScenarioDocument, products: readonly Product[]): ValidationIssue[] => {
  const { accounts = [demo], rules = [] } = scenario
  const views = rules.map((rule, index) => view(rule, index, products))
  const states = [firstState, ...views.flatMap(({ states }) => states)]
  const hidingCandidates = createHidingSearch(views)
  return [
    ...(accounts === 'any' ? [] : equalLogins(accounts, products)),
    ...timeWarnings(scenario, products),
    ...unknownLogins(scenario),
    ...views.flatMap(rule => {
      const earlier = hidingCandidates(rule).find(earlier => hides(earlier, rule))
      const hidden = earlier && `rules[${earlier.index}] decides the response to all of its calls`
      const reason =
        hidden ||
        neverByChance(rule) ||
        neverByStep(rule) ||
        neverByState(rule, states) ||
        neverBySession(rule) ||
        neverByAge(rule)
      const messages = reason
        ? [`this rule never applies: ${reason}`]
        : [...idleEffects(rule), ...durationWarnings(rule.draft)]
      return messages.map(message => ({ path: ['rules', rule.index], message }))
    })
  ]
}

/** A rule with the facts for the warnings. */
interface View {
  readonly index: number
  readonly draft: RuleDocument
  readonly operations: ReadonlySet<string>
  readonly effects: ReadonlySet<string>
  /** The states that it moves to. */
  readonly states: readonly string[]
  readonly when: readonly (readonly [key: string, value: string])[]
  /** It decides every call with matching conditions. */
  readonly decidesAlways: boolean
  readonly loginsOnly: boolean
  readonly noLogins: boolean
  /** It ends the session of the caller. */
  readonly revokesOwn: boolean
}

const view = (draft: RuleDocument, index: number, products: readonly Product[]): View => {
  const { call, every, times, chance = 1, from, until, for: lasts, per = 'rule' } = draft
  const items = [draft.then].flat()
  const maps = items.filter(item => typeof item !== 'string')
  const names = items.flatMap(item => (typeof item === 'string' ? [item] : keysOf(item)))
  const operations = [draft.on].flat().flatMap(word => targetOperations(word, products))
  const logins = new Set(
    products.flatMap(({ name, operations }) => operations.filter(isLogin).map(each => `${name}.${each.name}`))
  )
  const always =
    [call, every, times, from, until, lasts].every(each => each === undefined) && chance === 1 && per === 'rule'
  return {
    index,
    draft,
    operations: new Set(operations),
    effects: new Set(names),
    states: maps.flatMap(({ state }) => (state === undefined ? [] : [readMove(state).to])),
    when: Object.entries(draft.when ?? {}).map(([key, value]) => [key, JSON.stringify(value)]),
    decidesAlways: always && names.some(name => effects[name].decides),
    loginsOnly: operations.every(name => logins.has(name)),
    noLogins: !operations.some(name => logins.has(name)),
    revokesOwn: items.includes('revoke') || maps.some(({ revoke }) => revoke === true)
  }
}

/** Creates a search for rules that may hide a rule. Of equal rules only the first is needed; their first condition is one of the hidden rule. */
const createHidingSearch = (views: readonly View[]): ((rule: View) => View[]) => {
  const known = new Set<string>()
  const byCondition = new Map<string, View[]>()
  for (const view of views) {
    const { when, operations, decidesAlways } = view
    const looks = [...operations, ...when].sort().join(' ')
    if (!decidesAlways || known.has(looks)) continue
    known.add(looks)
    const condition = String(when[0])
    const beside = byCondition.get(condition)
    if (beside) beside.push(view)
    else byCondition.set(condition, [view])
  }
  return ({ when }) => [undefined, ...when].flatMap(condition => byCondition.get(String(condition)) ?? [])
}

/** The earlier rule decides all calls of the later one: its conditions are among those of the later one. */
const hides = (earlier: View, { index, operations, when }: View): boolean =>
  earlier.index < index &&
  earlier.operations.size >= operations.size &&
  [...operations].every(name => earlier.operations.has(name)) &&
  earlier.when.every(([key, value]) => when.some(([other, same]) => other === key && same === value))

const neverByChance = ({ draft: { chance } }: View): string | false => chance === 0 && 'its chance is 0'

/** `call: 3-5` with `every: 10`: a range without a multiple of the step. */
const neverByStep = ({ draft: { call, every = 1, times, chance, per } }: View): string | false => {
  const { first, last } = parseCallRange(call)
  const next = Math.ceil(first / every) * every
  const due = isDue(
    { first, last, every, times: times ?? 1, chance: chance ?? 1, from: 0, until: 1, per: per ?? 'rule' },
    next
  )
  return every > 1 && !due && `no multiple of ${every} is among the calls ${call}`
}

const neverByState = ({ draft: { when } }: View, states: readonly string[]): string | false => {
  if (when?.state === undefined || states.includes(when.state)) return false
  const meant = nearest(when.state, states)
  const hint = meant === undefined ? `it starts as ${firstState}` : `did you mean ${meant}?`
  return `no rule changes the state to ${describeValue(when.state)}; ${hint}`
}

const neverBySession = ({ draft: { per }, loginsOnly }: View): string | false =>
  per === 'session' && loginsOnly && 'a login has no session yet, and is not counted'

const neverByAge = ({ draft: { when } }: View): string | false =>
  when?.session === 'none' && when.age !== undefined && 'without a session there is no age'

const idleEffects = ({ effects: named, loginsOnly, noLogins, revokesOwn }: View): string[] => {
  const has = (name: EffectName) => named.has(name)
  const deciding = (['fail', 'reply', 'pretend'] as const).filter(has)
  return [
    ...(loginsOnly && (has('expire') || revokesOwn)
      ? [`${has('expire') ? 'expire' : 'revoke'} has no effect here: a login has no session`]
      : []),
    ...(has('evict') && noLogins ? ['evict has no effect here: only a login ends other sessions'] : []),
    ...(deciding.length > 1 ? [`${choice(deciding, 'and')} cannot both decide the response`] : [])
  ]
}

/** Rules with a login of no account, but similar to one. */
const unknownLogins = ({ accounts, rules = [] }: ScenarioDocument): ValidationIssue[] => {
  if (accounts === undefined || accounts === 'any') return []
  const logins = accounts.map(({ login }) => login)
  return rules.flatMap(({ when }, index) => {
    const login = when?.login
    if (login === undefined || login.startsWith('/') || logins.includes(login)) return []
    const meant = nearest(login, logins)
    const message = `no account has the login ${describeValue(login)}; did you mean ${meant}?`
    return meant === undefined ? [] : [{ path: ['rules', index, 'when', 'login'], message }]
  })
}

/** Logins that are equal for products that ignore case. */
const equalLogins = (accounts: readonly AccountDocument[], products: readonly Product[]): ValidationIssue[] => {
  const folding = products.filter(product => product.accounts.caseInsensitive).map(({ title }) => title)
  const places = new Map<string, number>()
  return accounts.flatMap(({ login }, index) => {
    const first = places.get(login.toLowerCase())
    places.set(login.toLowerCase(), index)
    if (first === undefined || folding.length === 0) return []
    const message = `${describeValue(login)} and accounts[${first}] differ in letter case only: for ${choice(folding, 'and')} they are the same account, and this one is used`
    return [{ path: ['accounts', index, 'login'], message }]
  })
}
