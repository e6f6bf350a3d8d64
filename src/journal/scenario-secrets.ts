import type { Rule } from '../scenario/engine/rule.js'
import type { Scenario } from '../scenario/scenario.js'
import { KnownValues } from '../state/secrets.js'
import { createRedactor } from './redactor.js'
import { isSecret, mayNameSecret, namedValues, passwordName } from './secret-fields.js'

interface ScenarioSecrets {
  /** Whether there is any, also one that is too short to be known by its value. */
  readonly exist: boolean
  /** The passwords and tokens in its accounts, sessions and rules. */
  readonly known: KnownValues
  /** Its title, without them. */
  readonly title: string
  /** Its rules, with names and sentences that show none of them. */
  readonly rules: readonly Rule[]
}

const shared = new WeakMap<Scenario, ScenarioSecrets>()

/** The secrets of a scenario, shared by all spaces with this scenario. */
export const secretsOf = (scenario: Scenario): ScenarioSecrets => {
  const before = shared.get(scenario)
  if (before) return before
  const { known, exist } = collect(scenario)
  const redact = createRedactor({ known: [known] })
  const hide = (text: string) => (known.isEmpty && !mayNameSecret(text) ? text : redact(text))
  const rules = scenario.rules.map(rule => ({ ...rule, title: hide(rule.title), sentence: hide(rule.sentence) }))
  const found = { known, exist, title: hide(scenario.title), rules }
  shared.set(scenario, found)
  return found
}

const collect = ({ accounts, sessions, rules }: Scenario): Pick<ScenarioSecrets, 'known' | 'exist'> => {
  const listed = accounts === 'any' ? [] : accounts
  const logins = new Set(listed.map(({ login }) => login.toLowerCase()))
  const known = new KnownValues()
  let exist = false
  const add = (name: string, value: string): void => {
    // A password that is also a login would hide the login.
    if (logins.has(value.toLowerCase())) return
    exist = true
    if (passwordName.test(name)) known.addPassword(value)
    else for (const token of tokensIn(value)) known.addToken(token)
  }
  for (const each of [...listed, ...sessions, ...rules.map(({ document }) => document)]) walk(each, '', add)
  return { known, exist }
}

type Add = (name: string, value: string) => void

/** Passes the values of all secret fields, and those of fields within texts. */
const walk = (value: unknown, name: string, add: Add): void => {
  if (typeof value === 'object' && value !== null)
    for (const [key, each] of Object.entries(value)) walk(each, Array.isArray(value) ? name : key, add)
  if (typeof value !== 'string') return
  if (isSecret(name)) add(name, value)
  else for (const { name, from, to } of namedValues(value)) add(name, value.slice(from, to))
}

/** The value, without the scheme of an authorization, and the values of cookies. */
const tokensIn = (value: string): string[] => [
  value,
  value.replace(/^[A-Za-z]+\s+/, ''),
  ...[...value.matchAll(/=([^\s;,"]+)/g)].map(([, part = '']) => part)
]
