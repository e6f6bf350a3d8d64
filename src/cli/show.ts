import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UserError } from '../base/errors.js'
import { type Flags, readSettings } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'
import { dashboardFile, pageHeaders } from '../control/dashboard-page.js'
import { isForeignPage, isRebound } from '../control/serve-endpoint.js'
import { Problem, problemAnswer, send } from '../http/problem.js'
import { type ArrivedRequest, pathOf, peerOf } from '../http/response.js'
import { checkRun, type RunFacts } from '../run/report.js'
import { limitsOf } from '../server/http-server.js'
import { listen, type Served } from '../server/listeners.js'
import { systemClock } from '../session/clock.js'
import { type CommandContext, exitCodes } from './command-context.js'
import { bannerLine, readyLine } from './serve.js'
import { isLoopback, reportPortError, withFreePort } from './start-server.js'

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

export interface ShownRun {
  /** Path of the run. */
  readonly path: string
  /** Folder of the built dashboard. */
  readonly dashboard: string
}

/** Serves the dashboard with a saved run, and nothing else. */
export const createShowServer = (shown: ShownRun): Served => ({
  handle: (request, response) => void answer(shown, request, response).catch(error => fail(error, response)),
  close: () => undefined
})

const answer = async (shown: ShownRun, request: ArrivedRequest, response: ServerResponse): Promise<void> => {
  request.resume()
  refuseStrangers(request)
  const { method = '', url = '/' } = request
  if (method !== 'GET' && method !== 'HEAD')
    throw new Problem(
      405,
      'No such method',
      `A saved run is read-only: GET and HEAD, not ${method}.`,
      {},
      { Allow: 'GET, HEAD' }
    )
  const path = pathOf(url)
  if (path === '/run.json') return sendRun(shown.path, request, response)
  if (path === '/' && url !== page) return send({ status: 302, headers: { Location: page } }, response)
  const name = path === '/' ? 'index.html' : /^\/dashboard\/([\w.]+)$/.exec(path)?.[1]
  if (name === undefined) throw new Problem(404, 'No such page', `The page is at ${page}.`)
  send(await dashboardFile(shown.dashboard, name), response)
}

/** The query makes the page load the run from this server. */
const page = '/?run=run.json'

const refuseStrangers = ({ headers, socket, peer = peerOf(socket) }: ArrivedRequest): void => {
  if (isForeignPage(headers) || isRebound({ headers, peer }))
    throw new Problem(403, 'Cross-origin requests are rejected', "Use localhost, 127.0.0.1 or the machine's address.")
}

/** Streamed, and read again for each request: the file may be large, and may be rewritten. */
const sendRun = async (path: string, { method }: IncomingMessage, response: ServerResponse): Promise<void> => {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw new Problem(404, 'The run was deleted', `${path} no longer exists.`)
  response.writeHead(200, {
    ...pageHeaders,
    'Content-Type': 'application/json',
    'Content-Length': String(found.size),
    'X-Run-Name': encodeURIComponent(basename(path))
  })
  if (method === 'HEAD' || found.size === 0) return void response.end()
  await pipeline(createReadStream(path, { end: found.size - 1 }), response)
}

/** After the head, an error can only break the connection. */
const fail = (error: unknown, response: ServerResponse): void => {
  if (response.headersSent) return void response.destroy()
  const problem = error instanceof Problem ? error : new Problem(500, 'The run cannot be read', String(error))
  send(problemAnswer(problem), response)
}
