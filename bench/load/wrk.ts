import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bench } from '../places.js'
import { begin, printed } from '../process.js'
import type { Call } from '../request.js'
import { allRight, type Ending, type Load, type Work } from './load.js'

/** The load of wrk, where it is on the PATH. Throws where it is not. */
export const wrk = async (folder: string): Promise<Load> => {
  const version = await versionHere()
  const report = await readFile(join(bench, 'load/report.lua'), 'utf8')
  const script = join(folder, 'load.lua')
  return {
    tool: `wrk ${version}`,
    run: async work => {
      await writeFile(script, `${work.ending ? endings(work, work.ending) : requests(work.calls)}\n${report}`)
      return reported(await printed({ program: 'wrk', args: args(work, script) }, (work.seconds + 30) * 1000))
    }
  }
}

const args = ({ port, overTls = false, connections, seconds }: Work, script: string) => {
  const settings = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency', '-s', script]
  return [...settings, `${overTls ? 'https' : 'http'}://127.0.0.1:${port}`]
}

interface Report {
  readonly requests: number
  readonly microseconds: number
  readonly p50: number
  readonly p99: number
  readonly wrong: number
}

const reported = (out: string) => {
  const line = out.split('\n').find(each => each.startsWith('{'))
  if (!line) throw new Error(`wrk reported nothing: ${out.slice(-200)}`)
  const { requests, microseconds, p50, p99, wrong }: Report = JSON.parse(line)
  const perSecond = requests / (microseconds / 1e6)
  return allRight({ requests, perSecond, p50: p50 / 1000, p99: p99 / 1000 }, wrong)
}

/** Made before the run, so that sending them costs wrk the same for all. */
const requests = (calls: readonly Call[]) => `local requests = {}
function init()
${calls.map(call => `  requests[#requests + 1] = ${request(call)}`).join('\n')}
end
local turn = 0
function request()
  turn = turn % #requests + 1
  return requests[turn]
end`

/** Sends the call that ends a token as soon as there is one, and the first call where there is none. */
const endings = ({ port, calls: [first] }: Work, { token, length, call }: Ending) => {
  if (!first) throw new Error('there is nothing to send')
  const placeholder = 'T'.repeat(length)
  const parts = raw(port, call(placeholder)).split(placeholder)
  const found = 'header' in token ? `headers[${lua(token.header)}]` : `body:match(${lua(token.pattern)})`
  return `local first = ${lua(raw(port, first))}
local before, after = ${parts.map(lua).join(', ')}
local tokens = {}
local next, last = 1, 0
function request()
  if next > last then return first end
  local token = tokens[next]
  tokens[next] = nil
  next = next + 1
  return before .. token .. after
end
function response(status, headers, body)
  local token = ${found}
  if token == nil then return end
  last = last + 1
  tokens[last] = token
end`
}

/** A request as it goes over the wire. */
const raw = (port: number, { method, path, headers, body }: Call): string => {
  const length = body === undefined ? {} : { 'Content-Length': String(body.length) }
  const lines = Object.entries({ Host: `127.0.0.1:${port}`, ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}\r\n`
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

const lua = (text: string): string => JSON.stringify(text)

const request = ({ method, path, headers, body }: Call) => {
  const table = Object.entries(headers).map(([name, value]) => `[${JSON.stringify(name)}] = ${JSON.stringify(value)}`)
  const parts = [JSON.stringify(method), JSON.stringify(path), `{ ${table.join(', ')} }`]
  return `wrk.format(${[...parts, ...(body === undefined ? [] : [JSON.stringify(body)])].join(', ')})`
}

// It says its version beside its usage, and ends with 1.
const versionHere = async () => {
  const child = begin({ program: 'wrk', args: ['-v'] }, ['ignore', 'pipe', 'pipe'])
  let words = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', text => {
      words += text
    })
  await once(child, 'close').catch(() => {
    throw new Error('wrk is not on the PATH')
  })
  return /wrk (?:debian\/)?([\d.]+)/.exec(words)?.[1] ?? 'of some version'
}
