import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UserError } from '../base/user-error.js'
import { type Flags, readSettings } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'
import { checkRun, type RunFacts } from '../report/check-run.js'
import { limitsOf } from '../server/limits.js'
import { listen } from '../server/listeners.js'
import { systemClock } from '../state/clock.js'
import { bannerLine, readyLine } from './banner.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { isLoopback, reportPortError, withFreePort } from './ports.js'
import { createShowServer } from './show-server.js'

/**
 * Serves the page of a saved run until a signal to stop. Resolves to the exit code. Throws a UserError if the file is not a
 * run.
 */
export const showCommand = async (file: string, flags: Flags, context: CommandContext): Promise<number> => {
  const { env, products, stdout, stderr, version, dashboard } = context
  const settings = readSettings(withFreePort(flags, env), env, { products })
  const path = await runFile(file)
  const run = await checkRun(path)
  const running = await listen(createShowServer({ path, dashboard }), {
    host: settings.host,
    listeners: [{ port: settings.port, control: 'alone' }],
    limits: limitsOf(settings),
    systemClock
  }).catch(error => reportPortError(error, settings, context))
  if (!running) return exitCodes.portInUse
  try {
    const stopped = context.stopped()
    for (const warning of warningsOf(path, run, settings, version)) stderr.write(`session-mock: ${warning}\n`)
    stdout.write(greeting(path, run, running.listeners[0]?.url ?? '', version))
    await stopped
  } finally {
    await running.close()
  }
  return exitCodes.stopped
}

/** The file, or the run.json in a folder. Throws a UserError if there is none. */
const runFile = async (path: string): Promise<string> => {
  const found = await stat(path).catch(error => {
    throw new UserError(`${path}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`)
  })
  if (found.isFile()) return path
  if (!found.isDirectory()) throw new UserError(`${path}: not a file: expected the run.json that --report writes`)
  const inside = join(path, 'run.json')
  const isThere = await stat(inside).then(
    each => each.isFile(),
    () => false
  )
  if (isThere) return inside
  throw new UserError(`${path}: a folder without a run.json of --report`)
}

const warningsOf = (path: string, run: RunFacts, { host }: Settings, version: string): string[] => [
  ...(run.version === version
    ? []
    : [`${basename(path)} was written by version ${run.version}, and this is ${version}: unknown data is omitted`]),
  ...(isLoopback(host) ? [] : [`the run is open to all clients of ${host}`])
]

const greeting = (path: string, run: RunFacts, url: string, version: string): string =>
  [
    '\n',
    bannerLine('File', path),
    bannerLine('Run', `${run.requests} ${run.requests === 1 ? 'request' : 'requests'}, started ${run.startedAt}`),
    bannerLine('Scenario', run.scenario.replace(/\p{C}+/gu, ' ').slice(0, 500)),
    bannerLine('Browser', `${url}/`),
    bannerLine('Stop', 'Ctrl-C, or SIGTERM'),
    `\n${readyLine(version, url)}\n`
  ].join('')
