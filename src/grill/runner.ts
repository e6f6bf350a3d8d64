import { AbortController } from '../base/node-globals.js'
import type { Environment } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'
import type { Endpoint } from '../control/endpoint.js'
import type { Entry } from '../journal/entry.js'
import { redactorOfAll, secretsInWords } from '../journal/redactor.js'
import { type VerdictName, verdictsOf } from '../journal/verdicts.js'
import type { Overlay } from '../overlay/overlay.js'
import type { Product } from '../product/product.js'
import { appOf, listenersOf } from '../run/open-app.js'
import { allAudits } from '../run/read-scenario.js'
import { type FlightRecord, FlightRecorder } from '../run/report.js'
import {
  addressesOf,
  type CommandEnd,
  commandEnvironment,
  startCommand,
  type VariableTemplate
} from '../run/run-command.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import { limitsOf } from '../server/http-server.js'
import type { TlsIdentity } from '../server/identity.js'
import { listen } from '../server/listeners.js'
import type { SystemClock } from '../session/clock.js'
import type { Space } from '../space/space.js'
import { isFaultRule } from './faults.js'
import { judgeCalls, judgeSessions, type Misbehaviour, type MisbehaviourName, misbehaviourNames } from './judges.js'
import { operationOf } from './place.js'
import { countBy, type Expectation, isSuccess, type Run, times } from './run.js'

/** The options that all runs share. */
export interface RunnerOptions {
  readonly words: readonly string[]
  readonly env: Environment
  readonly templates: readonly VariableTemplate[]
  readonly settings: Settings
  readonly products: readonly Product[]
  readonly endpoints: () => Promise<readonly Endpoint[]>
  readonly catalog: ScenarioLookup
  readonly version: string
  readonly overlay: Overlay | undefined
  readonly tls: TlsIdentity | undefined
  /** Path of the certificate to trust. */
  readonly ca: string | undefined
  /** Milliseconds allowed for a run. */
  readonly timeout: number
  readonly systemClock: SystemClock
  /** Aborts all runs. */
  readonly stop: AbortSignal
}

/** A run, and its flight record on demand. */
interface RecordedRun {
  readonly run: Run
  readonly record: () => FlightRecord
}

/** Number of characters kept from the output of the command. More are read, so that no secret is cut in two before it is hidden. */
const maxOutput = 4000

/** Capacity of the journal of a run. */
const maxCalls = 1_000_000

/**
 * Runs the command once, against a new server, so that no state is shared between runs even if the client does not support
 * spaces. Stops the command after `callLimit` calls. Throws a UserError if the command cannot be started.
 */
export const runOnce = async (
  scenario: Scenario,
  options: RunnerOptions,
  callLimit = maxCalls
): Promise<RecordedRun> => {
  const { products, catalog, version, systemClock, tls, ca } = options
  const settings: Settings = { ...options.settings, journal: maxCalls }
  const recorder = new FlightRecorder({ settings, version, products, systemClock })
  const runEnd = new RunEnd(callLimit)
  const app = appOf(settings, {
    products,
    endpoints: options.endpoints,
    scenario,
    catalog,
    version,
    ca: tls?.ca,
    overlay: options.overlay,
    onExchange: () => runEnd.countCall(),
    onEvent: recorder.onEvent,
    ...allAudits(recorder)
  })
  const { host } = settings
  const limits = limitsOf(settings)
  const server = await listen(app, { host, listeners: listenersOf(settings, tls), limits, grace: 0, systemClock })
  const addresses = addressesOf(app.products, server.listeners, { ca })
  const env = commandEnvironment(options.env, addresses, options.templates)
  try {
    const began = systemClock.elapsed()
    const { end, output: said } = await runCommand({ ...options, env }, runEnd)
    const milliseconds = systemClock.elapsed() - began
    const { code: exitCode, signal } = end
    const secrets = app.spaces.list().map(space => space.secrets)
    const output = redactorOfAll(secrets, secretsInWords(options.words))(said).slice(-maxOutput)
    const run: Run = { exitCode, signal, ended: runEnd.why, milliseconds, output, ...observationsOf(app.spaces.list()) }
    const command = { words: options.words, exitCode: end.code, ...(end.signal && { signal: end.signal }) }
    return { run, record: () => recorder.record(app.spaces, addresses.url, command) }
  } finally {
    await server.close()
  }
}

/** The records of the spaces of a run. */
const observationsOf = (spaces: readonly Space[]): Pick<Run, 'isFaulted' | 'entries' | 'verdicts'> => ({
  isFaulted: spaces.some(hasAppliedFault),
  entries: spaces
    .flatMap(({ journal }) => journal.entries())
    .sort((a, b) => a.recordedAt - b.recordedAt || a.number - b.number),
  verdicts: verdictsOf(spaces)
})

/** Whether a fault rule was applied in the space. */
const hasAppliedFault = ({ ruleEngine }: Space): boolean =>
  ruleEngine.rules.some(rule => isFaultRule(rule) && ruleEngine.counts(rule).played > 0)

const runCommand = async (
  { words, env, systemClock, timeout, stop }: RunnerOptions,
  runEnd: RunEnd
): Promise<{ readonly end: CommandEnd; readonly output: string }> => {
  let output = ''
  const onOutput = (text: string): void => {
    output = (output + text).slice(-2 * maxOutput)
  }
  const command = await startCommand({ words, env, systemClock, onOutput })
  runEnd.onEnd(() => command.kill('SIGKILL'))
  const interrupt = () => runEnd.end('interrupted')
  if (stop.aborted) interrupt()
  stop.addEventListener('abort', interrupt, { once: true })
  const over = new AbortController()
  void systemClock.sleep(timeout, over.signal).then(() => {
    if (!over.signal.aborted) runEnd.end('timeout')
  })
  const end = await command.ended
  over.abort()
  stop.removeEventListener('abort', interrupt)
  await command.endGroup(0)
  return { end, output }
}

/** Stops a run early, once, with a reason. */
class RunEnd {
  why: Run['ended']
  #calls = 0
  #end: (() => void) | undefined

  constructor(readonly callLimit: number) {}

  onEnd(end: () => void): void {
    this.#end = end
    if (this.why !== undefined) end()
  }

  end(why: Exclude<Run['ended'], undefined>): void {
    if (this.why !== undefined) return
    this.why = why
    this.#end?.()
  }

  countCall(): void {
    this.#calls += 1
    if (this.#calls > this.callLimit) this.end('too many calls')
  }
}

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
