import { get } from 'node:http'
import { parseDuration } from '../base/duration.js'
import { UserError } from '../base/errors.js'
import { AbortController } from '../base/node-globals.js'
import { checkSettings, type Flags, isComplete } from '../config/read-settings.js'
import { flagOf, type Settings } from '../config/settings.js'
import { hostForUrl } from '../server/http-server.js'
import type { SystemClock } from '../session/clock.js'
import { type CommandContext, exitCodes } from './command-context.js'

/** Milliseconds for a response. */
const responseTimeout = 3000

/**
 * Checks the health of the server with the same settings, and prints one line. `wait`: duration of retries. Resolves to 0 if
 * healthy, 1 if not, 2 for an invalid setting.
 */
export const healthcheckCommand = async (
  flags: Flags,
  context: CommandContext,
  systemClock: SystemClock,
  wait?: string
): Promise<number> => {
  const { stdout, stderr } = context
  try {
    const { url, until } = checkedOf(flags, context, systemClock, wait)
    stdout.write(`${await waitForHealth(until, url, systemClock)}\n`)
    return exitCodes.stopped
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    stderr.write(`session-mock: ${error.message.replaceAll('\n', '; ')}\n`)
    return error instanceof UnhealthyError ? 1 : exitCodes.mistake
  }
}

/** The server is unhealthy or not reachable. */
class UnhealthyError extends UserError {}

const checkedOf = (
  flags: Flags,
  { env, products }: CommandContext,
  systemClock: SystemClock,
  wait: string | undefined
) => {
  const ms = wait === undefined ? 0 : parseDuration(wait)
  const { settings, problems } = checkSettings(flags, env, { products })
  const wrong = ms === undefined ? [`--wait "${wait}": expected a duration such as 500ms, 30s or 1m`] : []
  if (ms === undefined || problems.length > 0 || !isComplete(settings))
    throw new UserError([...problems, ...wrong].join('\n'))
  return { url: urlOf(settings), until: systemClock.elapsed() + ms }
}

/** Milliseconds between two requests. */
const retryPause = 100

/** The status of a healthy server, after at least one request. */
const waitForHealth = async (until: number, url: string, systemClock: SystemClock): Promise<string> => {
  try {
    return await health(url, systemClock)
  } catch (error) {
    if (!(error instanceof UnhealthyError) || systemClock.elapsed() >= until) throw error
  }
  await systemClock.sleep(retryPause)
  return waitForHealth(until, url, systemClock)
}

/** Throws a UserError if the settings do not determine the port. */
const urlOf = ({ port, adminPort, host }: Settings): string => {
  const target = adminPort ?? port
  const flag = flagOf(adminPort === undefined ? 'port' : 'adminPort')
  if (target === 0) throw new UserError(`${flag} 0 selects a free port, unknown to this command: give the actual port`)
  return `http://${hostForUrl(host)}:${target}/__admin/health`
}

/** The status of a healthy server as text. Throws a UserError with the problem. */
const health = async (url: string, systemClock: SystemClock): Promise<string> => {
  const abort = new AbortController()
  const late = systemClock.sleep(responseTimeout, abort.signal).then((): never => {
    throw new UnhealthyError(`${url}: no response within ${responseTimeout / 1000} seconds`)
  })
  try {
    return await Promise.race([answerOf(url, abort.signal), late])
  } finally {
    abort.abort()
    late.catch(() => undefined)
  }
}

const answerOf = (url: string, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new UnhealthyError(`${url}: ${error.message}`))
    const request = get(url, { agent: false, signal }, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('error', fail)
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => {
        const version = response.statusCode === 200 ? versionOf(body) : undefined
        if (version !== undefined) resolve(`session-mock ${version} is healthy at ${url}`)
        else fail(new Error(`status ${response.statusCode}, and not a response of session-mock`))
      })
    })
    request.on('error', fail)
  })

const versionOf = (body: string): string | undefined => {
  try {
    const { status, version } = JSON.parse(body)
    return status === 'ok' ? String(version) : undefined
  } catch {
    return undefined
  }
}
