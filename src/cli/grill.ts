import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../base/user-error.js'
import type { CheckedSettings, Flags } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'
import { CommandError } from '../exec/command.js'
import { parseTemplates, placeholdersFor } from '../exec/variables.js'
import { type Baseline, runBaseline } from '../grill/baseline.js'
import { type CaseResult, playCases } from '../grill/grill.js'
import { chooseCases, filterCases, type GrillCase, planCases } from '../grill/plan.js'
import { createProgress } from '../grill/progress.js'
import { writeGrillReport } from '../grill/report-files.js'
import type { RunnerOptions } from '../grill/runner.js'
import { findingsOf, type GrillSummary } from '../grill/summary.js'
import { renderText } from '../grill/text-report.js'
import type { Overlay } from '../overlay/overlay.js'
import { reportFolder } from '../report/report-folder.js'
import { createDocumentReader } from '../scenario/format/parse.js'
import { tlsOf } from '../startup/from-settings.js'
import { readWithScenario } from '../startup/read-scenario.js'
import { systemClock } from '../state/clock.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { execCommandLine } from './grill-again.js'
import { type GrillFlags, type GrillSettings, readGrillFlags } from './grill-options.js'
import { catalogOf } from './scenario-commands.js'

export interface GrillRequest {
  /** The command and its arguments, from after `--`. */
  readonly words: readonly string[]
  /** The settings given as flags. */
  readonly flags: Flags
  readonly options: GrillFlags
}

/** Runs the command once per fault and call, and reports its reactions. Resolves to the exit code. */
export const grillCommand = async (
  checked: CheckedSettings,
  request: GrillRequest,
  outside: CommandContext
): Promise<number> => {
  if (request.words.length === 0)
    throw new UserError('no command: write it after two hyphens, as in session-mock grill -- python client.py')
  refuseUnsupported(request.flags)
  const options = await readGrillFlags(request.options)
  const { settings, overlay } = await readWithScenario(checked, catalogOf(outside))
  if (settings.report !== undefined && !options.plan) await reportFolder(settings.report)
  const folder = await mkdtemp(join(tmpdir(), 'session-mock-'))
  const stop = new AbortController()
  const unlisten = outside.onSignal?.(() => stop.abort())
  try {
    const runner = await createRunner(settings, request, { options, folder, overlay, stop: stop.signal }, outside)
    return await grill(runner, request, options, outside)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    outside.stderr.write(`session-mock: ${error.message}\n`)
    return error.code
  } finally {
    unlisten?.()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Settings without a meaning in `grill`, with alternatives. */
const unsupported: Readonly<Record<string, string>> = {
  strict: '--strict: grill judges the sessions of every run anyway',
  watch: '--watch: each run reads the scenario once',
  logFile: '--log-file: the report has the requests of every finding; use --report <folder>'
}

/** Throws a UserError with one line per flag. */
const refuseUnsupported = (flags: Flags): void => {
  const found = Object.keys(unsupported).filter(name => flags[name as keyof Flags] !== undefined)
  if (found.length > 0) throw new UserError(found.map(name => `grill has no ${unsupported[name]}`).join('\n'))
}

interface RunnerContext {
  readonly options: GrillSettings
  readonly folder: string
  readonly overlay: Overlay | undefined
  readonly stop: AbortSignal
}

const createRunner = async (
  settings: Settings,
  { words }: GrillRequest,
  { options, folder, overlay, stop }: RunnerContext,
  outside: CommandContext
): Promise<RunnerOptions> => {
  const { products, endpoints, env, version } = outside
  const https = settings.httpsPort !== undefined
  const known = placeholdersFor(settings.products ?? products, { https, space: false })
  const templates = parseTemplates(options.env, known)
  const tls = await tlsOf(settings)
  const ca = tls?.ca === undefined ? settings.tlsCert : join(folder, 'ca.pem')
  if (ca !== undefined && tls?.ca !== undefined) await writeFile(ca, tls.ca)
  const { timeout } = options
  return {
    words,
    env,
    templates,
    settings,
    overlay,
    products,
    endpoints,
    catalog: catalogOf(outside),
    version,
    tls,
    ca,
    timeout,
    systemClock,
    stop
  }
}

const grill = async (
  runner: RunnerOptions,
  request: GrillRequest,
  options: GrillSettings,
  outside: CommandContext
): Promise<number> => {
  const began = systemClock.elapsed()
  const startedAt = new Date(systemClock.now()).toISOString()
  const catalog = catalogOf(outside)
  const { scenario } = await catalog.find(runner.settings.scenario)
  const { document } = createDocumentReader(outside.products)(await catalog.source(runner.settings.scenario))
  const baseline = await runBaseline(scenario, runner, options.retries)
  if (baseline.differ)
    outside.stderr.write(
      'session-mock: two runs without a fault made different calls; only those that both made are tried\n'
    )
  const planned = filterCases(planCases(baseline.places, document, runner), options)
  const seed = options.seed ?? String(document.seed ?? 1)
  const chosen = chooseCases(planned, options.max, seed)
  sayChoice(planned.length, chosen.length, seed, outside)
  if (options.plan) return printPlan(chosen, outside)
  const results = await play(chosen, baseline, runner, options, outside)
  const summary: GrillSummary = {
    version: outside.version,
    words: request.words,
    startedAt,
    milliseconds: systemClock.elapsed() - began,
    baseline,
    planned: planned.length,
    chosen,
    seed,
    results,
    findings: findingsOf(baseline, results, options.known),
    interrupted: runner.stop.aborted,
    again: execCommandLine(request.flags, options.env, request.words)
  }
  return report(summary, runner.settings.report, outside)
}

const sayChoice = (planned: number, chosen: number, seed: string, { stderr }: CommandContext): void => {
  if (chosen < planned)
    stderr.write(
      `session-mock: ${chosen} of ${planned} cases are played, chosen by seed ${seed}; --max ${planned} plays all\n`
    )
}

const printPlan = (cases: readonly GrillCase[], { stdout }: CommandContext): number => {
  const width = Math.max(0, ...cases.map(({ id }) => id.length))
  for (const { number, id, title } of cases)
    stdout.write(`${String(number).padStart(3)}  ${id.padEnd(width)}  ${title}\n`)
  return exitCodes.stopped
}

const play = async (
  cases: readonly GrillCase[],
  baseline: Baseline,
  runner: RunnerOptions,
  { jobs }: GrillSettings,
  { stderr }: CommandContext
): Promise<CaseResult[]> => {
  const progress = createProgress(cases.length, stderr, systemClock.elapsed)
  try {
    return await playCases(cases, baseline, { ...runner, jobs: jobsFor(runner.settings, jobs), ...progress })
  } finally {
    progress.close()
  }
}

/** A fixed port allows only one server at a time. */
const jobsFor = ({ port, httpsPort = 0, adminPort = 0, listen }: Settings, jobs: number): number =>
  [port, httpsPort, adminPort, ...listen.map(each => each.port)].every(each => each === 0) ? jobs : 1

/** The exit code of a shell after an interrupt. */
const interruptedCode = 130

const report = async (
  summary: GrillSummary,
  folder: string | undefined,
  { stdout }: CommandContext
): Promise<number> => {
  if (folder !== undefined) await writeGrillReport(folder, summary)
  stdout.write(renderText(summary, folder))
  if (summary.findings.some(({ known }) => !known)) return exitCodes.misbehaved
  return summary.interrupted ? interruptedCode : exitCodes.stopped
}
