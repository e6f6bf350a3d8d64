import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Call } from './calls.js'
import { printed } from './processes.js'

export interface Work {
  readonly port: number
  /** Sent in turns. */
  readonly calls: readonly Call[]
  readonly connections: number
  readonly seconds: number
}

export interface Measured {
  readonly requests: number
  readonly perSecond: number
  /** Percentiles, in milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** A load generator. */
export interface Load {
  /** Name and version. */
  readonly tool: string
  /** Throws if a response has a status other than 2xx or 3xx, or is missing. */
  run(work: Work): Promise<Measured>
}

/** wrk, with a script in the folder. Throws if it is not installed. */
export const wrk = async (folder: string): Promise<Load> => {
  // It prints its version with its usage, and exits with 1.
  const { error, stdout, stderr } = spawnSync('wrk', ['-v'], { encoding: 'utf8' })
  if (error) throw new Error('The load generator wrk is not on the PATH: install it, such as with apt-get install wrk.')
  const script = join(folder, 'load.lua')
  return {
    tool: `wrk ${/wrk (?:debian\/)?([\d.]+)/.exec(stdout + stderr)?.[1] ?? 'of an unknown version'}`,
    run: async ({ port, calls, connections, seconds }) => {
      await writeFile(script, lua(calls))
      const settings = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency', '-s', script]
      const command = { program: 'wrk', args: [...settings, `http://127.0.0.1:${port}`] }
      const out = await printed(command, (seconds + 30) * 1000)
      const line = out.split('\n').find(each => each.startsWith('{'))
      if (!line) throw new Error(`wrk reported nothing: ${out.slice(-200)}`)
      const { requests, microseconds, p50, p99, wrong }: WrkReport = JSON.parse(line)
      const perSecond = requests / (microseconds / 1e6)
      return checked({ requests, perSecond, p50: p50 / 1000, p99: p99 / 1000 }, wrong)
    }
  }
}

interface WrkReport {
  readonly requests: number
  readonly microseconds: number
  readonly p50: number
  readonly p99: number
  readonly wrong: number
}

/** The requests are formatted before the run, so that each costs wrk the same. */
const lua = (calls: readonly Call[]) => `local requests = {}
function init()
${calls.map(call => `  requests[#requests + 1] = ${formatted(call)}`).join('\n')}
end
local turn = 0
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
function done(summary, latency)
  local errors = summary.errors
  local wrong = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '\\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"wrong":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), wrong
  ))
end
`

const formatted = ({ method, path, headers, body }: Call) => {
  const table = Object.entries(headers).map(([name, value]) => `[${JSON.stringify(name)}] = ${JSON.stringify(value)}`)
  const parts = [JSON.stringify(method), JSON.stringify(path), `{ ${table.join(', ')} }`]
  return `wrk.format(${[...parts, ...(body === undefined ? [] : [JSON.stringify(body)])].join(', ')})`
}

const checked = (measured: Measured, wrong: number): Measured => {
  if (wrong > 0) throw new Error(`${wrong} of ${measured.requests} responses were errors or missing`)
  if (measured.requests === 0) throw new Error('there was no response')
  return measured
}
