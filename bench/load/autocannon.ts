import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderOf, versionOf } from '../contenders/installed.js'
import { printed } from '../process.js'
import type { Call } from '../request.js'
import { allRight, type Load, type Work } from './load.js'

/** The load of autocannon, where the packages of the bench are installed. Throws where they are not. */
export const autocannon = async (folder: string): Promise<Load> => {
  const version = await versionOf('autocannon')
  const requests = join(folder, 'load.har')
  return {
    tool: `autocannon ${version}`,
    run: async work => {
      if (work.ending) throw new Error('autocannon cannot use the token of an answer; wrk can')
      await writeFile(requests, JSON.stringify(archive(work)))
      return reported(
        await printed({ program: process.execPath, args: args(work, requests) }, (work.seconds + 30) * 1000)
      )
    }
  }
}

const args = (work: Work, requests: string) => {
  const { connections, seconds } = work
  const settings = ['--json', '--no-progress', '--connections', String(connections), '--duration', String(seconds)]
  return [join(folderOf('autocannon'), 'autocannon.js'), ...settings, '--har', requests, originOf(work)]
}

const originOf = ({ port, overTls = false }: Work) => `${overTls ? 'https' : 'http'}://127.0.0.1:${port}`

const archive = (work: Work) => ({
  log: { entries: work.calls.map(call => ({ request: entry(originOf(work), call) })) }
})

const entry = (origin: string, { method, path, headers, body }: Call) => ({
  method,
  url: `${origin}${path}`,
  headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
  ...(body !== undefined && { postData: { text: body } })
})

interface Report {
  readonly '2xx': number
  readonly non2xx: number
  readonly errors: number
  readonly timeouts: number
  readonly duration: number
  readonly latency: { readonly p50: number; readonly p99: number }
}

const reported = (out: string) => {
  const { '2xx': requests, non2xx, errors, timeouts, duration, latency }: Report = JSON.parse(out)
  const measured = { requests, perSecond: requests / duration, p50: latency.p50, p99: latency.p99 }
  return allRight(measured, non2xx + errors + timeouts)
}
