import { getOrCreate } from '../base/get-or-create.js'
import type { Slices } from '../base/in-slices.js'
import { keysOf } from '../base/own-keys.js'
import type { Clock } from '../state/clock.js'
import type { Entry } from './entry.js'
import type { Journal } from './journal.js'
import { AccountLogins, LastLogins, sessionKey, tokenKey } from './logins.js'
import { Redaction } from './redaction.js'
import { outcomeOf } from './rendering.js'
import { namesSecret } from './secret-fields.js'
import { describeEntry } from './verify.js'

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
export interface JudgedSpace {
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
