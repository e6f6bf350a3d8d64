import http from 'node:http'
import { type Profiler, Session } from 'node:inspector/promises'
import { pathToFileURL } from 'node:url'
import { root } from './places.js'

/** How a request asks for its session. */
const requests: readonly (readonly [name: string, (token: string) => Ask])[] = [
  ['Authorization: Bearer', token => ({ path: '/session', headers: { authorization: `Bearer ${token}` } })],
  ['?cbrain_api_token=', token => ({ path: `/session?cbrain_api_token=${token}` })]
]

interface Ask {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Requests that come before the one that is counted, so that nothing is loaded or made for the first time. */
const before = 5

/** Lines that say how many of our files and calls `GET /session` takes, by V8's precise coverage of the sources. */
export const way = async (): Promise<string[]> => {
  const { start } = await import(pathToFileURL(`${root}/src/index.ts`).href)
  const server = await start({ products: ['cbrain'] })
  const url: string = server.url('cbrain')
  const agent = new http.Agent({ keepAlive: true })
  try {
    const token = await logIn(url)
    const lines: string[] = []
    for (const [name, ask] of requests) {
      const send = () => get(url, ask(token), agent)
      for (let count = 0; count < before; count += 1) await send()
      lines.push(...described(name, await callsOf(send)))
    }
    return lines
  } finally {
    agent.destroy()
    await server.stop()
  }
}

const logIn = async (url: string): Promise<string> => {
  const body = new URLSearchParams({ login: 'demo', password: 'demo' })
  const answer = await fetch(`${url}/session`, { method: 'POST', body })
  return ((await answer.json()) as { cbrain_api_token: string }).cbrain_api_token
}

const get = (url: string, { path, headers = {} }: Ask, agent: http.Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    http.get(`${url}${path}`, { agent, headers }, answer => answer.resume().on('end', resolve)).on('error', reject)
  })

/** Calls by file, while that runs. */
const callsOf = async (run: () => Promise<void>): Promise<ReadonlyMap<string, number>> => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await session.post('Profiler.takePreciseCoverage')
  await run()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()
  return new Map(result.flatMap(counted))
}

const counted = ({ url, functions }: Profiler.ScriptCoverage): [string, number][] => {
  const [, file] = /\/((?:src|routes)\/(?!.*node_modules)[^?]*\.ts)/.exec(url) ?? []
  const calls = functions.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0)
  return file === undefined || calls === 0 ? [] : [[file, calls]]
}

const described = (name: string, calls: ReadonlyMap<string, number>): string[] => {
  const all = [...calls.values()].reduce((sum, count) => sum + count, 0)
  const files = [...calls].sort(([, a], [, b]) => b - a)
  return [`${name}: ${calls.size} files, ${all} calls`, ...files.map(([file, count]) => `  ${count}  ${file}`)]
}
