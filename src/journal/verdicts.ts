import { getOrCreate } from '../base/collections.js'
import { keysOf } from '../base/own-keys.js'
import type { Slices } from '../base/slices.js'
import { pathOf } from '../http/response.js'
import type { Rule } from '../scenario/engine/rule.js'
import type { RuleEngine } from '../scenario/engine/rule-engine.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Clock } from '../session/clock.js'
import type { Entry } from './entry.js'
import { AccountLogins, type Journal, LastLogins, sessionKey, tokenKey } from './journal.js'
import { Redaction, redactorOf } from './redactor.js'
import { describeReason, outcomeOf } from './rendering.js'
import { createFilter, type Filter, keyTests } from './search.js'
import { namesSecret } from './secret-fields.js'

/** The verdicts on a client's use of its sessions. */
export const verdictNames = {
  'session-left-open': 'sessions without a logout',
  'call-after-logout': 'requests with a token after its logout',
  'credentials-in-url': 'passwords or tokens in a URL, visible to logs and proxies',
  'refusal-without-login': 'a request refused for a missing session, without a new login after it',
  'needless-login': 'logins during an open session of the same account',
  'foreign-token': 'a token of another product or space'
} as const

export type VerdictName = keyof typeof verdictNames

export interface Verdict {
  readonly verdict: VerdictName
  readonly description: string
  readonly passed: boolean
  readonly findings: readonly { readonly space: string; readonly requests: readonly number[]; readonly words: string }[]
}

/** The part of a space that was copied from another space. */
export interface Inherited {
  /** Number of the last copied request. */
  readonly requests: number
  /** Applications of each rule before the copy, in the order of the rules. */
  readonly played: readonly number[]
}

export const nothingInherited: Inherited = { requests: 0, played: [] }

/** The view of a space that the verdicts need. */
interface JudgedSpace {
  readonly name: string
  readonly clock: Clock
  readonly journal: Journal
  readonly inherited: Inherited
}

type Finding = Verdict['findings'][number]

/** All verdicts on the clients of these spaces, from the entries that their journals still have. */
export const verdictsOf = (spaces: readonly JudgedSpace[]): Verdict[] => {
  const read = spaces.map(readJournal)
  return keysOf(verdictNames).map(verdict =>
    verdictOf(
      verdict,
      read.flatMap(({ space, entries }) => findingsOf(verdict, space, entries))
    )
  )
}

/** Copied requests are judged in their original space. */
const isOwn =
  ({ inherited }: JudgedSpace) =>
  ({ requests }: Finding): boolean =>
    requests.some(number => number > inherited.requests)

/** The same as `verdictsOf`, in slices that do not block the event loop. */
export const verdictsInSlices = async (spaces: readonly JudgedSpace[], slices: Slices): Promise<Verdict[]> => {
  const read = spaces.map(readJournal)
  const verdicts: Verdict[] = []
  for (const verdict of keysOf(verdictNames)) {
    const findings: Finding[] = []
    for (const { space, entries } of read) {
      if (slices.isOver) await slices.next()
      for (const finding of findingsOf(verdict, space, entries)) findings.push(finding)
    }
    verdicts.push(verdictOf(verdict, findings))
  }
  return verdicts
}

const readJournal = (space: JudgedSpace) => ({
  space,
  entries: space.journal.entries().sort((a, b) => a.number - b.number)
})

const findingsOf = (verdict: VerdictName, space: JudgedSpace, entries: readonly Entry[]): Finding[] => {
  const redaction = new Redaction()
  return judges[verdict](space, entries, entry => describeEntry(entry, redaction)).filter(isOwn(space))
}

const verdictOf = (verdict: VerdictName, findings: readonly Finding[]): Verdict => ({
  verdict,
  description: verdictNames[verdict],
  passed: findings.length === 0,
  findings
})

const finding = ({ name }: JudgedSpace, entries: readonly Entry[], words: string): Finding => ({
  space: name,
  requests: entries.map(({ number }) => number),
  words
})

/** Returns the findings in the entries of a space. The entries are in the order of their numbers. */
type Judge = (space: JudgedSpace, entries: readonly Entry[], describe: (entry: Entry) => string) => Finding[]

const judges: Readonly<Record<VerdictName, Judge>> = {
  'session-left-open': (space, entries, describe) => {
    const left = tokenKeys(entries.filter(isLogout))
    return firstOfEach(entries.filter(isLogin))
      .filter(({ session }) => session?.end === undefined && (session?.endsAt ?? 0) > space.clock.now())
      .filter(entry => !left.has(sessionKey(entry)) && !entry.session?.policy.stateless)
      .map(entry => finding(space, [entry], `the session of ${describe(entry)} was never logged out`))
  },
  'call-after-logout': (space, entries, describe) => {
    const left = new Set<string>()
    return entries.flatMap(entry => {
      const late = left.has(tokenKey(entry)) || isLoggedOut(entry)
      if (isLogout(entry) && !entry.session?.policy.stateless) left.add(tokenKey(entry))
      return late ? [finding(space, [entry], describe(entry))] : []
    })
  },
  'credentials-in-url': (space, entries, describe) =>
    entries
      .filter(({ url, token }) => namesSecret(url) || (token !== undefined && token !== '' && url.includes(token)))
      .map(entry => finding(space, [entry], `${describe(entry)} has a secret in its URL`)),
  'refusal-without-login': (space, entries, describe) => {
    const logins = new LastLogins(entries.filter(asksForSession))
    return lastOfEach(entries.filter(wantsLogin))
      .filter(refused => logins.numberFor(refused) < refused.number)
      .map(entry => finding(space, [entry], `no login followed ${describe(entry)}`))
  },
  'needless-login': (space, entries, describe) => {
    const over = new Set<string>()
    const accounts = new Map<string, AccountLogins>()
    return entries.flatMap(entry => {
      if (isLogout(entry) || isUnfit(entry)) over.add(tokenKey(entry))
      if (!isLogin(entry)) return []
      const account = `${entry.product} ${entry.session?.login}`
      const earlier = getOrCreate(accounts, account, () => new AccountLogins(over)).add(entry)
      const words = earlier && `${describe(entry)}, during the open session of ${describe(earlier)}`
      return earlier && words ? [finding(space, [earlier, entry], words)] : []
    })
  },
  'foreign-token': (space, entries, describe) =>
    entries
      .filter(({ why }) => why?.reason.startsWith('of-another-'))
      .map(entry => finding(space, [entry], describe(entry)))
}

/** A login with a session for the client: its response arrived, and was not pretended. */
const isLogin = (entry: Entry): boolean =>
  asksForSession(entry) && entry.session !== undefined && !entry.pretended && outcomeOf(entry) === 'success'

const asksForSession = ({ operation, isLogin }: Entry): boolean => operation === 'login' || isLogin === true

/** A lost response does not matter: the client has sent its logout. */
const isLogout = (entry: Entry): boolean =>
  entry.operation === 'logout' && entry.token !== undefined && entry.failure === undefined && entry.answer.status < 400

/** The token was refused because of an earlier logout. */
const isLoggedOut = ({ why, number }: Entry): boolean =>
  why?.reason === 'logged-out' && typeof why.request === 'number' && why.request < number

/** Refused for a missing or expired session: the token is useless for the client from now on. */
const isUnfit = ({ failure, why }: Entry): boolean =>
  (failure === 'no-session' || failure === 'expired-session') && why?.reason !== 'unknown-format'

/** Only a new login can help. A refused logout needs none, and a refused login is an attempt already. */
const wantsLogin = (entry: Entry): boolean => isUnfit(entry) && entry.operation !== 'logout' && !asksForSession(entry)

const tokenKeys = (entries: readonly Entry[]): Set<string> => new Set(entries.map(tokenKey))

const firstOfEach = (entries: readonly Entry[]): Entry[] =>
  [...new Map([...entries].reverse().map(entry => [entry.session, entry])).values()].reverse()

const lastOfEach = (entries: readonly Entry[]): Entry[] => [
  ...new Map(entries.map(entry => [tokenKey(entry), entry])).values()
]

/** A whole number, or bounds. */
type Count = number | { readonly least?: number; readonly most?: number }

export interface Expected extends Filter {
  readonly count?: Count
}

/** The differences from the expectations, one sentence each, without secrets; empty if all are met. */
export const differences = (expected: readonly Expected[], entries: readonly Entry[], ordered: boolean): string[] => {
  const wrong = expected.flatMap((each, index) => miscounted(each, index, entries))
  const all = wrong.length > 0 || !ordered ? wrong : misordered(expected, entries)
  const { secrets } = entries[0] ?? {}
  return secrets ? all.map(redactorOf(secrets)) : all
}

const miscounted = (
  { count = { least: 1 }, ...filter }: Expected,
  index: number,
  entries: readonly Entry[]
): string[] => {
  const found = entries.filter(createFilter(filter))
  const { least = 0, most = Number.POSITIVE_INFINITY } =
    typeof count === 'number' ? { least: count, most: count } : count
  if (found.length >= least && found.length <= most) return []
  const redaction = new Redaction()
  const summary = `expectation ${index + 1}: expected ${describeCount(count)} of ${describeFilter(filter)}, found ${found.length}`
  if (found.length > 0) return [`${summary}: ${found.map(entry => describeEntry(entry, redaction)).join('; ')}`]
  const near = nearestTo(filter, entries)
  return [near === undefined ? summary : `${summary}; the nearest is ${near}`]
}

/** In an ordered list, the request of each expectation follows that of the previous one. */
const misordered = (expected: readonly Expected[], entries: readonly Entry[]): string[] => {
  let from = 0
  for (const [index, { count = 1, ...filter }] of expected.entries()) {
    const needed = typeof count === 'number' ? count : (count.least ?? 0)
    const matches = createFilter(filter)
    for (let met = 0; met < needed; met += 1) {
      const at = entries.findIndex((entry, position) => position >= from && matches(entry))
      if (at < 0)
        return [
          `expectation ${index + 1}: found ${describeFilter(filter)}, but not after ${describePrevious(entries[from - 1])}`
        ]
      from = at + 1
    }
  }
  return []
}

const describePrevious = (entry: Entry | undefined): string => (entry ? describeEntry(entry) : 'the beginning')

const describeCount = (count: Count): string => {
  if (typeof count === 'number') return `${count}`
  const { least = 0, most } = count
  if (most === undefined) return `at least ${least}`
  return least === 0 ? `at most ${most}` : `${least} to ${most}`
}

const describeFilter = (filter: Filter): string => {
  const conditions = Object.entries(filter).map(
    ([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`
  )
  return conditions.length === 0 ? 'any request' : `requests with ${conditions.join(', ')}`
}

/** `request 7 (cbrain.session by demo, 401: expired 12s ago)`, without secrets. `redaction`: shared by entries of one text. */
export const describeEntry = (entry: Entry, redaction = new Redaction()): string => {
  const { isUnderway, number, product, operation, login, answer, why, method, url } = entry
  const target = product === undefined ? `${method} ${pathOf(url)}` : `${product}.${operation ?? 'unknown'}`
  const words = `request ${number} (${target}${login === undefined ? '' : ` by ${login}`}, ${isUnderway ? 'in progress' : answer.status}${why ? `: ${describeReason(why)}` : ''})`
  return redaction.of(entry)(words)
}

/** The newest of the requests with the fewest differences from the search, and the names of the differing keys. */
const nearestTo = (filter: Filter, entries: readonly Entry[]): string | undefined => {
  const tests = keyTests(filter)
  let best: Entry | undefined
  let fewest = tests.length
  for (const entry of entries) {
    const missed = tests.reduce((sum, { passes }) => (passes(entry) ? sum : sum + 1), 0)
    if (missed >= tests.length || missed > fewest) continue
    best = entry
    fewest = missed
  }
  if (!best) return undefined
  const nearest = best
  const missed = tests.filter(({ passes }) => !passes(nearest)).map(({ key }) => key)
  return `${describeEntry(nearest)}, which differs in ${missed.join(', ')}`
}

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
