import { formatDuration } from '../../base/duration.js'
import type { AccountDocument } from '../../session/accounts.js'
import { endOfTime } from '../../session/clock.js'
import { effects } from '../engine/effects.js'
import type { Rule } from '../engine/rule.js'
import type { RuleCounts } from '../engine/rule-engine.js'
import type { InitialSession, ProductSettings, Scenario } from '../scenario.js'

/** What clients see of a failure of a rule: `401, 795005`. */
export type DescribeRefusal = (rule: Rule, failure: string) => string

/** A scenario in English, one line for each setting and rule; with `refusal`, also what clients see of each failure. */
export const explain = (
  { title, seed, clock, frozen, accounts, sessions, products, rules }: Scenario,
  refusal?: DescribeRefusal
): string => {
  const lines = [
    title,
    '',
    `  Accounts: ${describeAccounts(accounts)}.`,
    ...describeAccountData(accounts).map(text => `  ${text}.`),
    ...(seed === undefined ? [] : [`  Seed ${seed}: tokens, numbers and probabilities are the same on every run.`]),
    ...(clock === undefined ? [] : [`  The clock starts at ${new Date(clock).toISOString()}.`]),
    ...(frozen ? ['  The clock is frozen.'] : []),
    ...sessions.map(session => `  ${describeSession(session)}.`),
    ...Object.entries(products).flatMap(([name, settings]) =>
      describeSettings(settings).map(text => `  ${name}: ${text}.`)
    ),
    ...rules.map(rule => `  ${rule.number}. ${refusal ? withRefusals(rule, refusal) : rule.sentence}  [${rule.title}]`)
  ]
  return `${lines.join('\n')}\n`
}

/** The sentence of a rule, with the refusals behind its failures. */
const withRefusals = (rule: Rule, refusal: DescribeRefusal): string => {
  const described = rule.steps.map(({ effect, value }) => effect.describe(value))
  const selection = rule.sentence.slice(0, -described.join(then).length)
  return `${selection}${rule.steps
    .map(({ effect, value }, index) =>
      effect === effects.fail ? `${described[index]} (${refusal(rule, String(value))})` : described[index]
    )
    .join(then)}`
}

/** Between the effects of a rule. */
const then = ', then '

/** `on cbrain.session, on the third call: expire the session (applied 1 time)`; `now` in Unix milliseconds. */
export const describeRuleWithCount = ({ sentence }: Rule, { played, until }: RuleCounts, now: number): string =>
  `${sentence} (applied ${played} ${played === 1 ? 'time' : 'times'}${until === undefined ? '' : describeUntil(until, now)})`

const describeUntil = (until: number, now: number): string => {
  if (until > endOfTime) return ', from then on'
  const time = new Date(until).toISOString()
  return now < until ? `, lasts until ${time}` : `, over since ${time}`
}

const describeAccounts = (accounts: readonly AccountDocument[] | 'any'): string => {
  if (accounts === 'any') return 'anyone, with any password'
  return accounts.length === 0 ? 'nobody' : accounts.map(({ login }) => login).join(', ')
}

/** The properties of accounts for single products: `norm on cbrain: user_id is 2`. */
const describeAccountData = (accounts: readonly AccountDocument[] | 'any'): string[] =>
  (accounts === 'any' ? [] : accounts).flatMap(({ login, password: _password, ...parts }) =>
    Object.entries(parts).map(([product, part]) => `${login} on ${product}: ${describeFields(part)}`)
  )

const describeFields = (part: unknown): string =>
  Object.entries(part ?? {})
    .map(([key, value]) => `${key} is ${JSON.stringify(value)}`)
    .join(', ')

const describeSession = ({ product, login, token, age, status }: InitialSession): string => {
  const facts = [
    ...(age === 0 ? [] : [`${formatDuration(age)} old`]),
    ...(token === undefined ? [] : [`with the token ${token}`])
  ]
  return `${login} has an ${status} session on ${[product, ...facts].join(', ')}`
}

const describeSettings = ({ fidelity, idle, lifetime, limit, ...own }: ProductSettings): string[] => [
  ...(fidelity === undefined ? [] : [fidelities[fidelity]]),
  ...(idle === undefined
    ? []
    : [`a session ${Number.isFinite(idle) ? `ends when unused for ${formatDuration(idle)}` : 'has no idle timeout'}`]),
  ...(lifetime === undefined
    ? []
    : [
        `a session ${Number.isFinite(lifetime) ? `ends ${formatDuration(lifetime)} after its login` : 'has no maximum lifetime'}`
      ]),
  ...(limit === undefined
    ? []
    : [`an account has at most ${limit} ${limit === 1 ? 'session' : 'sessions'}; a further login ends the oldest`]),
  ...Object.entries(own).map(([key, value]) => `${key} is ${JSON.stringify(value)}`)
]

const fidelities = {
  documented: 'follows its published document',
  observed: 'follows the observed behaviour of its real server'
} as const
