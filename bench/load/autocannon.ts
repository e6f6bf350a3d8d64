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
      await writeFile(requests, JSON.stringify(archive(work)))
      return reported(
        await printed({ program: process.execPath, args: args(work, requests) }, (work.seconds + 30) * 1000)
      )
    }
  }
}

const args = ({ port, connections, seconds }: Work, requests: string) => {
  const settings = ['--json', '--no-progress', '--connections', String(connections), '--duration', String(seconds)]
  return [join(folderOf('autocannon'), 'autocannon.js'), ...settings, '--har', requests, origin(port)]
}

const origin = (port: number) => `http://127.0.0.1:${port}`

const archive = ({ port, calls }: Work) => ({ log: { entries: calls.map(call => ({ request: entry(port, call) })) } })

const entry = (port: number, { method, path, headers, body }: Call) => ({
  method,
  url: `${origin(port)}${path}`,
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
