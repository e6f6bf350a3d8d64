import { formatDuration, parseDuration } from '../../base/duration.js'
import { choice, nearest } from '../../base/errors.js'
import { keysOf } from '../../base/own-keys.js'
import { isRecord } from '../../product/fields.js'
import { isLogin, type Product } from '../../product/product.js'
import { type AccountDocument, demo } from '../../session/accounts.js'
import { firstState } from '../../session/space-values.js'
import { isDue, parseRange, targetOperations } from '../engine/call-selector.js'
import { type EffectName, effects, readEnd, readMove } from '../engine/effects.js'
import type { RuleDocument } from '../engine/rule.js'
import { describeValue, type ValidationIssue } from '../validation-issue.js'
import type { ScenarioDocument } from './compile.js'

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

/** A rule, with its properties for the warnings. */
interface RuleFacts {
  readonly index: number
  readonly document: RuleDocument
  readonly operations: ReadonlySet<string>
  readonly effects: ReadonlySet<string>
  /** The states that it moves to. */
  readonly states: readonly string[]
  readonly when: readonly (readonly [key: string, value: string])[]
  /** It decides every call with matching conditions. */
  readonly decidesAlways: boolean
  readonly loginsOnly: boolean
  readonly noLogins: boolean
  /** Its effects that end the session of the caller alone. */
  readonly endsOwn: readonly string[]
}

const factsOf = (document: RuleDocument, index: number, products: readonly Product[]): RuleFacts => {
  const { call, every, times, chance = 1, from, until, for: lasts, per = 'rule' } = document
  const items = [document.then].flat()
  const maps = items.filter(item => typeof item !== 'string')
  const names = items.flatMap(item => (typeof item === 'string' ? [item] : keysOf(item)))
  const operations = [document.on].flat().flatMap(word => targetOperations(word, products))
  const logins = new Set(
    products.flatMap(({ name, operations }) => operations.filter(isLogin).map(each => `${name}.${each.name}`))
  )
  const always =
    [call, every, times, from, until, lasts].every(each => each === undefined) && chance === 1 && per === 'rule'
  return {
    index,
    document,
    operations: new Set(operations),
    effects: new Set(names),
    states: maps.flatMap(({ state }) => (state === undefined ? [] : [readMove(state).to])),
    when: Object.entries(document.when ?? {}).map(([key, value]) => [key, JSON.stringify(value)]),
    decidesAlways: always && names.some(name => effects[name].decides),
    loginsOnly: operations.every(name => logins.has(name)),
    noLogins: !operations.some(name => logins.has(name)),
    endsOwn: (['expire', 'revoke'] as const).filter(name =>
      items.some(item => {
        if (typeof item === 'string') return item === name
        const end = item[name]
        return end !== undefined && !readEnd(end).ofAccount
      })
    )
  }
}

/** Creates a search for rules that may hide a rule. Of equal rules only the first is needed; their first condition is one of the hidden rule. */
const createHidingSearch = (rules: readonly RuleFacts[]): ((rule: RuleFacts) => RuleFacts[]) => {
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
const hides = (earlier: RuleFacts, { index, operations, when }: RuleFacts): boolean =>
  earlier.index < index &&
  earlier.operations.size >= operations.size &&
  [...operations].every(name => earlier.operations.has(name)) &&
  earlier.when.every(([key, value]) => when.some(([other, same]) => other === key && same === value))

/** Warnings about times: sessions that end at their start, or before the start of the scenario. */
const timeWarnings = (scenario: ScenarioDocument, products: readonly Product[]): ValidationIssue[] => [
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
const durationWarnings = ({ for: lasts, times, then }: RuleDocument): string[] => [
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
