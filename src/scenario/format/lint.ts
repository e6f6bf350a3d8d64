import { choice, nearest } from '../../base/user-error.js'
import { isRecord } from '../../kit/fields.js'
import type { Product } from '../../product/product.js'
import { type AccountDocument, demo } from '../../state/accounts.js'
import { firstState } from '../../state/state.js'
import { isDue, parseRange } from '../engine/call-selector.js'
import type { EffectName } from '../engine/effects.js'
import { describeValue, type ValidationIssue } from '../validation-issue.js'
import { createHidingSearch, hides } from './hidden-rules.js'
import { factsOf, type RuleFacts } from './rule-facts.js'
import type { ScenarioDocument } from './scenario-document.js'
import { durationWarnings, timeWarnings } from './time-lint.js'

/** Warnings about valid but unlikely scenarios: rules that never apply, effects without effect. They reject nothing. */
export const lint = (scenario: ScenarioDocument, products: readonly Product[]): ValidationIssue[] => {
  const { rules = [] } = scenario
  const accounts = accountsOf(scenario)
  const facts = rules.map((rule, index) => factsOf(rule, index, products))
  const states = [firstState, ...facts.flatMap(({ states }) => states)]
  const hidingCandidates = createHidingSearch(facts)
  return [
    ...equalLogins(accounts, products),
    ...products.flatMap(product => accountDataWarnings(accounts, product)),
    ...timeWarnings(scenario, products),
    ...unknownLogins(scenario),
    ...facts.flatMap(rule => {
      const earlier = hidingCandidates(rule).find(earlier => hides(earlier, rule))
      const hidden = earlier && `rules[${earlier.index}] decides the response to all of its calls`
      const reason =
        hidden ||
        neverByChance(rule) ||
        neverByStep(rule) ||
        neverByState(rule, states) ||
        neverBySession(rule) ||
        neverByAge(rule) ||
        neverByOpened(rule)
      const messages = reason
        ? [`this rule never applies: ${reason}`]
        : [...idleEffects(rule), ...durationWarnings(rule.document)]
      return messages.map(message => ({ path: ['rules', rule.index], message }))
    })
  ]
}

/** The listed accounts. */
const accountsOf = ({ accounts = [demo] }: ScenarioDocument): readonly AccountDocument[] =>
  accounts === 'any' ? [] : accounts

const neverByChance = ({ document: { chance } }: RuleFacts): string | false => chance === 0 && 'its chance is 0'

/** `call: 3-5` with `every: 10`: a range without a multiple of the step. */
const neverByStep = ({ document: { call, every = 1, times, chance, per } }: RuleFacts): string | false => {
  const { first, last } = parseRange(call)
  const next = Math.ceil(first / every) * every
  const due = isDue(
    { first, last, every, times: times ?? 1, chance: chance ?? 1, from: 0, until: 1, per: per ?? 'rule' },
    next
  )
  return every > 1 && !due && `no multiple of ${every} is among the calls ${call}`
}

const neverByState = ({ document: { when } }: RuleFacts, states: readonly string[]): string | false => {
  if (when?.state === undefined || states.includes(when.state)) return false
  const meant = nearest(when.state, states)
  const hint = meant === undefined ? `it starts as ${firstState}` : `did you mean ${meant}?`
  return `no rule changes the state to ${describeValue(when.state)}; ${hint}`
}

const neverBySession = ({ document: { per }, loginsOnly }: RuleFacts): string | false =>
  per === 'session' && loginsOnly && 'a login has no session yet, and is not counted'

const neverByAge = ({ document: { when } }: RuleFacts): string | false =>
  when?.session === 'none' && when.age !== undefined && 'without a session there is no age'

const neverByOpened = ({ document: { when }, loginsOnly }: RuleFacts): string | false => {
  if (when?.opened === undefined) return false
  if (loginsOnly)
    return 'opened counts sessions, and a login has none yet; for the number of a login, write call with per: login'
  return when.session === 'none' && 'without a session there is no opened'
}

const idleEffects = ({ effects: named, loginsOnly, noLogins, endsOwn }: RuleFacts): string[] => {
  const has = (name: EffectName) => named.has(name)
  const deciding = (['fail', 'reply', 'pretend'] as const).filter(has)
  return [
    ...(loginsOnly
      ? endsOwn.map(
          name =>
            `${name} has no effect here: a login has no session; for all sessions of its account, write ${name}: account`
        )
      : []),
    ...(has('evict') && noLogins ? ['evict has no effect here: only a login ends other sessions'] : []),
    ...(deciding.length > 1 ? [`${choice(deciding, 'and')} cannot both decide the response`] : [])
  ]
}

/** Rules with a login of no account, but similar to one. */
const unknownLogins = ({ accounts, rules = [] }: ScenarioDocument): ValidationIssue[] => {
  if (accounts === 'any') return []
  const logins = (accounts ?? [demo]).map(({ login }) => login)
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

/** Account data of a product that two accounts share although it identifies one, or that lacks what it needs. */
const accountDataWarnings = (
  accounts: readonly AccountDocument[],
  { name, title, accounts: { unique = {}, defaults } }: Product
): ValidationIssue[] =>
  Object.entries(unique).flatMap(([key, needed]) => {
    const places = new Map<unknown, number>()
    return accounts.flatMap(({ login, [name]: part }, index) => {
      const data: Readonly<Record<string, unknown>> = {
        ...defaults({ login, position: index + 1 }),
        ...(isRecord(part) ? part : {})
      }
      const value = data[key]
      if (value === undefined) return []
      const path = ['accounts', index, name, key]
      const first = places.get(value)
      places.set(value, first ?? index)
      if (first !== undefined)
        return [
          { path, message: `accounts[${first}] has the same ${key}, which can belong to one account of ${title} only` }
        ]
      if (needed === undefined || data[needed] !== undefined) return []
      return [{ path, message: `without ${needed}, ${title} refuses this ${key}` }]
    })
  })
