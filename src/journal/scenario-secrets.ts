import type { Scenario } from '../scenario/scenario.js'
import { KnownValues } from '../state/secrets.js'
import { isSecret, namedValues, passwordName } from './secret-fields.js'

const shared = new WeakMap<Scenario, KnownValues>()

/** The passwords and tokens in the accounts, sessions and rules of a scenario, shared by all spaces with this scenario. */
export const secretsOfScenario = (scenario: Scenario): KnownValues => {
  const found = shared.get(scenario) ?? collect(scenario)
  shared.set(scenario, found)
  return found
}

const collect = ({ accounts, sessions, rules }: Scenario): KnownValues => {
  const listed = accounts === 'any' ? [] : accounts
  const logins = new Set(listed.map(({ login }) => login.toLowerCase()))
  const known = new KnownValues()
  const add = (name: string, value: string): void => {
    if (!passwordName.test(name)) for (const token of tokensIn(value)) known.addToken(token)
    // A password that is also a login would hide the login.
    else if (!logins.has(value.toLowerCase())) known.addPassword(value)
  }
  for (const account of listed) walk(account, '', add)
  for (const { token } of sessions) if (token !== undefined) known.addToken(token)
  for (const { document } of rules) walk(document, '', add)
  return known
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
