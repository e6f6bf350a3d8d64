import { UserError } from '../base/errors.js'
import { AbortController } from '../base/node-globals.js'
import { keysOf } from '../base/own-keys.js'
import type { CheckedSettings, Flags } from '../config/read-settings.js'
import type { Setting } from '../config/setting.js'
import { flagOf, type SettingName, type Settings, settingNames, settings } from '../config/settings.js'
import { type CaseResult, playCases } from '../grill/grill.js'
import { findingsOf, type GrillSummary, renderText, writeGrillReport } from '../grill/grill-reports.js'
import { type Baseline, chooseCases, filterCases, type GrillCase, planCases, runBaseline } from '../grill/plan.js'
import { createProgress } from '../grill/progress.js'
import type { RunnerOptions } from '../grill/runner.js'
import { createRedactor, type Redactor, redactedWords, secretsOf } from '../journal/redactor.js'
import type { Overlay } from '../overlay/overlay.js'
import { tlsOf } from '../run/open-app.js'
import { readWithScenario } from '../run/read-scenario.js'
import { reportFolder } from '../run/report.js'
import { CommandError, parseTemplates, placeholdersFor, writeAuthority } from '../run/run-command.js'
import { createDocumentReader } from '../scenario/format/parse.js'
import { isText } from '../scenario/format/source.js'
import { systemClock } from '../session/clock.js'
import { type CommandContext, exitCodes } from './command-context.js'
import { type GrillFlags, type GrillSettings, readGrillFlags } from './command-options.js'
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

export interface RunnerContext {
  /** The command and its arguments. */
  readonly words: readonly string[]
  readonly options: GrillSettings
  readonly overlay: Overlay | undefined
  readonly stop: AbortSignal
}

/** The options of all runs of a command, until `close`. Throws a UserError for an invalid template or certificate. */
export const createRunner = async (
  settings: Settings,
  { words, options, overlay, stop }: RunnerContext,
  context: CommandContext
): Promise<{ readonly runner: RunnerOptions; close(): Promise<void> }> => {
  const { products, endpoints, env, version } = context
  const https = settings.httpsPort !== undefined
  const known = placeholdersFor(settings.products ?? products, { https, space: false })
  const templates = parseTemplates(options.env, known)
  const tls = await tlsOf(settings)
  const authority = tls?.ca === undefined ? undefined : await writeAuthority(tls.ca)
  const { timeout } = options
  const runner = {
    words,
    env,
    templates,
    settings,
    overlay,
    products,
    endpoints,
    catalog: catalogOf(context),
    version,
    tls,
    ca: authority?.path ?? settings.tlsCert,
    timeout,
    systemClock,
    stop
  }
  return { runner, close: async () => authority?.remove() }
}

/** Settings that do not affect the behaviour of the server. */
const excluded: readonly SettingName[] = ['scenario', 'report', 'logFile', 'log', 'logLevel']

/**
 * The command that repeats a scenario file: `exec` with the same settings and variables, without secret ones; `…` is in the place
 * of secrets in its words. Without a file, it runs without a fault.
 */
export const execCommandLine =
  (flags: Flags, env: readonly string[], words: readonly string[], redact: Redactor) =>
  (file: string): string => {
    const { scenario } = flags
    const source = file === '' ? scenario : file
    return [
      'session-mock exec',
      ...settingNames.filter(name => !excluded.includes(name)).flatMap(name => flagWords(name, flags[name])),
      ...redactedWords(env, redact).map(each => `--env ${quote(each)}`),
      ...(source === undefined
        ? []
        : [`--scenario ${quote(isText(String(source)) ? redact(String(source)) : String(source))}`]),
      '--',
      ...redactedWords(words, redact).map(quote)
    ].join(' ')
  }

const flagWords = (name: SettingName, value: Flags[SettingName]): string[] => {
  const { secret, onOff }: Setting<unknown> = settings[name]
  if (value === undefined || secret) return []
  if (onOff) return [flagOf(name)]
  return [value].flat().map(each => `${flagOf(name)} ${quote(String(each))}`)
}

/** Quoted as one word for a shell. */
const quote = (word: string): string => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** Prints how many cases were selected, if not all. */
export const printSelection = (planned: number, chosen: number, seed: string, { stderr }: CommandContext): void => {
  if (chosen < planned)
    stderr.write(
      `session-mock: ${chosen} of ${planned} cases are run, selected by seed ${seed}; --max ${planned} runs all\n`
    )
}

/** Prints the cases. Returns the exit code. */
export const printPlan = (cases: readonly GrillCase[], { stdout }: CommandContext): number => {
  const width = Math.max(0, ...cases.map(({ id }) => id.length))
  for (const { number, id, title } of cases)
    stdout.write(`${String(number).padStart(3)}  ${id.padEnd(width)}  ${title}\n`)
  return exitCodes.stopped
}

/** The exit code of a shell after an interrupt. */
const interruptedCode = 130

/** Writes the report files, and prints the results. Resolves to the exit code. */
export const reportResults = async (
  summary: GrillSummary,
  { report: folder, showSecrets }: Pick<Settings, 'report' | 'showSecrets'>,
  { stdout }: CommandContext
): Promise<number> => {
  if (folder !== undefined) await writeGrillReport(folder, summary, showSecrets)
  stdout.write(renderText(summary, folder))
  if (summary.findings.some(({ known }) => !known)) return exitCodes.misbehaved
  return summary.interrupted ? interruptedCode : exitCodes.stopped
}
