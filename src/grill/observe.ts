import type { Entry } from '../journal/entry.js'
import type { VerdictName } from '../journal/verdicts.js'
import { judgeCalls } from './judge-calls.js'
import { judgeSessions } from './judge-sessions.js'
import { type Misbehaviour, type MisbehaviourName, misbehaviourNames } from './misbehaviour.js'
import { operationOf } from './place.js'
import { countBy, type Expectation, isSuccess, type Run, times } from './run.js'

/** The misbehaviours in a run, worst first. `isFaulted`: whether the fault applied to a request. */
export const observe = (run: Run, expected: Expectation, isFaulted: (entry: Entry) => boolean): Misbehaviour[] => {
  const found = [
    ...judgeEnd(run),
    ...judgeWork(run, expected),
    ...judgeCalls(run, expected, isFaulted),
    ...judgeSessions(run),
    ...judgeVerdicts(run)
  ].filter(({ name }) => !expected.usual.has(name))
  return misbehaviourNames.flatMap(name => found.find(each => each.name === name) ?? [])
}

/** Exit codes after a crash by signal under a shell: SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV. */
const crashes: readonly number[] = [132, 134, 135, 136, 139]

const judgeEnd = ({ exitCode, signal, ended, milliseconds, entries }: Run): Misbehaviour[] => {
  const last = entries.slice(-3).map(({ number }) => number)
  if (ended === 'timeout')
    return [{ name: 'hang', words: `it had not ended after ${Math.round(milliseconds / 100) / 10}s`, requests: last }]
  if (ended !== undefined) return []
  if (signal !== undefined) return [{ name: 'crash by signal', words: `${signal} ended it`, requests: last }]
  return crashes.includes(exitCode)
    ? [{ name: 'crash by signal', words: `it exited with ${exitCode}, by signal ${exitCode - 128}`, requests: last }]
    : []
}

const judgeWork = ({ exitCode, ended, entries }: Run, { successes }: Expectation): Misbehaviour[] => {
  if (exitCode !== 0 || ended !== undefined) return []
  const now = countBy(entries.filter(isSuccess))
  return [...successes].flatMap(([operation, before]) => {
    const count = now.get(operation) ?? 0
    if (operation.endsWith('.logout') || count >= before) return []
    const words = `it exited with 0, though ${operation} succeeded ${times(count)} instead of ${times(before)}`
    const refused = entries.filter(entry => operationOf(entry) === operation && !isSuccess(entry))
    return [{ name: 'believed a refusal', words, requests: refused.map(({ number }) => number) }]
  })
}

const names: Readonly<Partial<Record<VerdictName, MisbehaviourName>>> = {
  'credentials-in-url': 'credentials in a URL',
  'needless-login': 'needless re-login'
}

const judgeVerdicts = ({ verdicts }: Run): Misbehaviour[] =>
  verdicts.flatMap(({ verdict, findings }) => {
    const name = names[verdict]
    const [first] = findings
    return name && first ? [{ name, words: first.words, requests: first.requests }] : []
  })
