import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isForeignPage, isRebound } from '../control/access.js'
import { dashboardFile, pageHeaders } from '../control/dashboard-page.js'
import { pathOf } from '../http/path.js'
import { Problem, problemAnswer, send } from '../http/problem.js'
import type { Served } from '../server/listeners.js'

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

const answer = async (shown: ShownRun, request: IncomingMessage, response: ServerResponse): Promise<void> => {
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

const refuseStrangers = (request: IncomingMessage): void => {
  if (isForeignPage(request.headers) || isRebound(request))
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
