import { get } from 'node:http'
import type { Wall } from '../clock.js'
import { Complaint } from '../complaint.js'
import { parseDuration } from '../duration.js'
import { reachable } from '../server.js'
import type { Outside } from './cli.js'
import { exitCodes } from './exit-codes.js'
import { type Flags, readSettings } from './read-settings.js'
import { flagOf, type Settings } from './settings.js'

/** How long an answer may take, in milliseconds. */
const patience = 3000

/**
 * Asks the server that runs with the same settings whether it is well; says so in a line. `wait`: asks again for so long. The
 * answer is 0, or 1 where it is not well, or 2 where a setting is wrong.
 */
export const healthcheckCommand = async (
  flags: Flags,
  outside: Outside,
  wall: Wall,
  wait?: string
): Promise<number> => {
  const { stdout, stderr } = outside
  try {
    const { url, until } = checkedOf(flags, outside, wall, wait)
    stdout.write(`${await healthBy(until, url, wall)}\n`)
    return exitCodes.stopped
  } catch (error) {
    if (!(error instanceof Complaint)) throw error
    stderr.write(`session-mock: ${error.message.replaceAll('\n', '; ')}\n`)
    return error instanceof NotWell ? 1 : exitCodes.mistake
  }
}

/** The server is not well, or is not there. */
class NotWell extends Complaint {}

const checkedOf = (flags: Flags, { env, products }: Outside, wall: Wall, wait: string | undefined) => {
  const ms = wait === undefined ? 0 : parseDuration(wait)
  if (ms === undefined) throw new Complaint(`--wait "${wait}": expected a duration such as 500ms, 30s or 1m`)
  const settings = readSettings(flags, env, { products })
  return { url: urlOf(settings), until: wall.elapsed() + ms }
}

/** Milliseconds between two questions. */
const pause = 100

/** What a server says that is well by then; asks at least once. */
const healthBy = async (until: number, url: string, wall: Wall): Promise<string> => {
  try {
    return await health(url, wall)
  } catch (error) {
    if (!(error instanceof NotWell) || wall.elapsed() >= until) throw error
  }
  await wall.sleep(pause)
  return healthBy(until, url, wall)
}

/** Throws a Complaint where the settings do not tell the port. */
const urlOf = ({ port, adminPort, host }: Settings): string => {
  const asked = adminPort ?? port
  const flag = flagOf(adminPort === undefined ? 'port' : 'adminPort')
  if (asked === 0) throw new Complaint(`${flag} 0 is a free port that nobody else knows: say which it is`)
  return `http://${reachable(host)}:${asked}/__admin/health`
}

/** What a server that is well says of itself, in words. Throws a Complaint that says what is wrong. */
const health = async (url: string, wall: Wall): Promise<string> => {
  const leave = new AbortController()
  const late = wall.sleep(patience, leave.signal).then((): never => {
    throw new NotWell(`${url}: no answer within ${patience / 1000} seconds`)
  })
  try {
    return await Promise.race([answerOf(url, leave.signal), late])
  } finally {
    leave.abort()
    late.catch(() => undefined)
  }
}

const answerOf = (url: string, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new NotWell(`${url}: ${error.message}`))
    const request = get(url, { agent: false, signal }, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('error', fail)
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => {
        const version = response.statusCode === 200 ? versionOf(body) : undefined
        if (version !== undefined) resolve(`session-mock ${version} is well at ${url}`)
        else fail(new Error(`answered ${response.statusCode}, and not as session-mock does`))
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
