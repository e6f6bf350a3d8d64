import { AbortController } from '../base/node-globals.js'
import { keysOf } from '../base/own-keys.js'
import { UserError } from '../base/user-error.js'
import type { CheckedSettings, Flags } from '../config/read-settings.js'
import type { SettingName, Settings } from '../config/settings.js'
import { CommandError } from '../exec/command.js'
import { type Baseline, runBaseline } from '../grill/baseline.js'
import { type CaseResult, playCases } from '../grill/grill.js'
import { chooseCases, filterCases, type GrillCase, planCases } from '../grill/plan.js'
import { createProgress } from '../grill/progress.js'
import type { RunnerOptions } from '../grill/runner.js'
import { findingsOf, type GrillSummary } from '../grill/summary.js'
import { redactedWords } from '../journal/redaction.js'
import { createRedactor } from '../journal/redactor.js'
import { secretsOf } from '../journal/scenario-secrets.js'
import { reportFolder } from '../report/report-folder.js'
import { createDocumentReader } from '../scenario/format/parse.js'
import { readWithScenario } from '../startup/read-scenario.js'
import { systemClock } from '../state/clock.js'
import type { CommandContext } from './context.js'
import { execCommandLine } from './grill-again.js'
import { type GrillFlags, type GrillSettings, readGrillFlags } from './grill-options.js'
import { printPlan, printSelection, reportResults } from './grill-output.js'
import { createRunner } from './grill-runner.js'
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
  context: CommandContext
): Promise<number> => {
  if (request.words.length === 0)
    throw new UserError('no command: write it after two hyphens, as in session-mock grill -- python client.py')
  refuseUnsupported(request.flags)
  const options = await readGrillFlags(request.options)
  const { settings, overlay } = await readWithScenario(checked, catalogOf(context))
  if (settings.report !== undefined && !options.plan) await reportFolder(settings.report)
  const stop = new AbortController()
  const unlisten = context.onSignal?.(() => stop.abort())
  const { words } = request
  let runs: Awaited<ReturnType<typeof createRunner>> | undefined
  try {
    runs = await createRunner(settings, { words, options, overlay, stop: stop.signal }, context)
    return await grill(runs.runner, request, options, context)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    context.stderr.write(`session-mock: ${error.message}\n`)
    return error.code
  } finally {
    unlisten?.()
    await runs?.close()
  }
}

/** Settings without a meaning in `grill`, with alternatives. */
const unsupported = {
  strict: '--strict: grill judges the sessions of every run without it',
  watch: '--watch: each run reads the scenario once',
  logFile: '--log-file: the report has the requests of every finding; use --report <folder>'
} satisfies Partial<Record<SettingName, string>>

/** Throws a UserError with one line per flag. */
const refuseUnsupported = (flags: Flags): void => {
  const found = keysOf(unsupported).filter(name => flags[name] !== undefined)
  if (found.length > 0) throw new UserError(found.map(name => `grill does not support ${unsupported[name]}`).join('\n'))
}

const grill = async (
  runner: RunnerOptions,
  request: GrillRequest,
  options: GrillSettings,
  context: CommandContext
): Promise<number> => {
  const began = systemClock.elapsed()
  const startedAt = new Date(systemClock.now()).toISOString()
  const catalog = catalogOf(context)
  const { scenario } = await catalog.find(runner.settings.scenario)
  const secrets = secretsOf(scenario)
  const redact = createRedactor({ known: [secrets.known] })
  const { document } = createDocumentReader(context.products)(await catalog.source(runner.settings.scenario))
  const baseline = await runBaseline(scenario, runner, options.retries)
  if (baseline.differ)
    context.stderr.write(
      'session-mock: two runs without a fault made different calls; only the calls of both are tested\n'
    )
  const planned = filterCases(planCases(baseline.places, document, { ...runner, isSecret: secrets.exist }), options)
  const seed = options.seed ?? String(document.seed ?? 1)
  const chosen = chooseCases(planned, options.max, seed)
  printSelection(planned.length, chosen.length, seed, context)
  if (options.plan) return printPlan(chosen, context)
  const results = await play(chosen, baseline, runner, options, context)
  const summary: GrillSummary = {
    version: context.version,
    words: redactedWords(request.words, redact),
    startedAt,
    milliseconds: systemClock.elapsed() - began,
    baseline,
    planned: planned.length,
    chosen,
    seed,
    results,
    findings: findingsOf(baseline, results, options.known),
    interrupted: runner.stop.aborted,
    again: execCommandLine(request.flags, options.env, request.words, redact)
  }
  return reportResults(summary, runner.settings, context)
}

const play = async (
  cases: readonly GrillCase[],
  baseline: Baseline,
  runner: RunnerOptions,
  { jobs }: GrillSettings,
  { stderr }: CommandContext
): Promise<CaseResult[]> => {
  const progress = createProgress(cases.length, stderr.raw ?? stderr, systemClock.elapsed)
  try {
    return await playCases(cases, baseline, { ...runner, jobs: jobsFor(runner.settings, jobs), ...progress })
  } finally {
    progress.close()
  }
}

/** A fixed port allows only one server at a time. */
const jobsFor = ({ port, httpsPort = 0, adminPort = 0, listen }: Settings, jobs: number): number =>
  [port, httpsPort, adminPort, ...listen.map(each => each.port)].every(each => each === 0) ? jobs : 1
