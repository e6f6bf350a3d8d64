import type { Environment } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'
import type { Endpoint } from '../control/endpoint.js'
import { type CommandEnd, startCommand } from '../exec/command.js'
import { addressesOf, environmentOf, fillTemplates, type VariableTemplate } from '../exec/variables.js'
import { verdictsOf } from '../journal/verdicts.js'
import type { Overlay } from '../overlay/overlay.js'
import type { Product } from '../product/product.js'
import type { FlightRecord } from '../report/flight-record.js'
import { FlightRecorder } from '../report/flight-recorder.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import { limitsOf } from '../server/limits.js'
import { listen } from '../server/listeners.js'
import type { Space } from '../space/space.js'
import { allAudits } from '../startup/all-audits.js'
import { appOf, listenersOf } from '../startup/from-settings.js'
import type { SystemClock } from '../state/clock.js'
import type { TlsIdentity } from '../tls/identity.js'
import { isFaultRule } from './fault.js'
import type { Run } from './run.js'

/** What all runs of a command have in common. */
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
  /** A file with the certificate to trust. */
  readonly ca: string | undefined
  /** Milliseconds that a run may take. */
  readonly timeout: number
  readonly systemClock: SystemClock
  /** Aborted when everything is to stop. */
  readonly stop: AbortSignal
}

/** A run, and its flight record where one is asked for. */
export interface RecordedRun {
  readonly run: Run
  readonly record: () => FlightRecord
}

/** Characters that are kept of what the command writes. */
const mostOutput = 4000

/** Calls that the journal of a run holds. */
const mostCalls = 1_000_000

/**
 * Runs the command once, against a server of its own: nothing of one run is seen by another, also where a client knows nothing of
 * spaces. After `callLimit` calls it is ended. Throws a UserError where the command cannot be started.
 */
export const runOnce = async (
  scenario: Scenario,
  options: RunnerOptions,
  callLimit = mostCalls
): Promise<RecordedRun> => {
  const { products, catalog, version, systemClock, tls, ca } = options
  const settings: Settings = { ...options.settings, journal: mostCalls }
  const recorder = new FlightRecorder({ settings, version, products, systemClock })
  const ending = new Ending(callLimit)
  const app = appOf(settings, {
    products,
    endpoints: options.endpoints,
    scenario,
    catalog,
    version,
    ca: tls?.ca,
    overlay: options.overlay,
    onExchange: () => ending.countCall(),
    onEvent: recorder.onEvent,
    ...allAudits(recorder)
  })
  const { host } = settings
  const limits = limitsOf(settings)
  const server = await listen(app, { host, listeners: listenersOf(settings, tls), limits, grace: 0, systemClock })
  const addresses = addressesOf(app.products, server.listeners, { ca })
  const env = { ...options.env, ...environmentOf(addresses), ...fillTemplates(options.templates, addresses) }
  try {
    const began = systemClock.elapsed()
    const { end, output } = await runCommand({ ...options, env }, ending)
    const milliseconds = systemClock.elapsed() - began
    const { code: exitCode, signal } = end
    const run: Run = { exitCode, signal, ended: ending.why, milliseconds, output, ...observedIn(app.spaces.list()) }
    const command = { words: options.words, exitCode: end.code, ...(end.signal && { signal: end.signal }) }
    return { run, record: () => recorder.record(app.spaces, addresses.url, command) }
  } finally {
    await server.close()
  }
}

/** What the spaces of a run have recorded. */
const observedIn = (spaces: readonly Space[]): Pick<Run, 'isFaulted' | 'entries' | 'verdicts'> => ({
  isFaulted: spaces.some(playedFault),
  entries: spaces
    .flatMap(({ journal }) => journal.entries())
    .sort((a, b) => a.recordedAt - b.recordedAt || a.number - b.number),
  verdicts: verdictsOf(spaces)
})

/** A rule of grill has played in the space. */
const playedFault = ({ ruleEngine }: Space): boolean =>
  ruleEngine.rules.some(rule => isFaultRule(rule) && ruleEngine.counts(rule).played > 0)

const runCommand = async (
  { words, env, systemClock, timeout, stop }: RunnerOptions,
  ending: Ending
): Promise<{ readonly end: CommandEnd; readonly output: string }> => {
  let output = ''
  const onOutput = (text: string): void => {
    output = (output + text).slice(-mostOutput)
  }
  const command = await startCommand({ words, env, systemClock, onOutput })
  ending.onEnd(() => command.kill('SIGKILL'))
  const interrupt = () => ending.end('interrupted')
  if (stop.aborted) interrupt()
  stop.addEventListener('abort', interrupt, { once: true })
  const over = new AbortController()
  void systemClock.sleep(timeout, over.signal).then(() => {
    if (!over.signal.aborted) ending.end('timeout')
  })
  const end = await command.ended
  over.abort()
  stop.removeEventListener('abort', interrupt)
  await command.endGroup(0)
  return { end, output }
}

/** Ends a run before its time, once, and says why. */
class Ending {
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
