import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Finding } from './finding.js'
import { EventStream, LogReader } from './streams.js'

/** Megabytes of heap, beyond which the process ends by itself, and of resident memory, beyond which it is a finding. */
const mostHeap = 768
const mostResident = 1200

export interface PlainRequest {
  readonly method: string
  readonly path: string
  readonly body?: string
}

/** The built command in a process of its own, its log read and a listener on its events. */
export class FuzzedServer {
  /** How it ended, once it has. */
  ended: string | undefined
  readonly log: LogReader
  readonly #exit: Promise<void>
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })

  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    log: LogReader,
    readonly events: EventStream
  ) {
    this.log = log
    this.#exit = once(child, 'exit').then(([code, signal]) => {
      this.ended = `exit ${code ?? signal}`
    })
  }

  static async start(form: 'json' | 'pretty'): Promise<FuzzedServer> {
    const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
    const args = [`--max-old-space-size=${mostHeap}`, main, '--port', '0', '--log', form, '--log-level', 'info']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() })
    const kill = () => child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('exit', () => process.off('exit', kill))
    const log = new LogReader(child)
    const port = await Promise.race([log.port, once(child, 'exit').then(() => undefined)])
    if (port === undefined) throw new Error(`the server did not start: ${log.recent()}`)
    return new FuzzedServer(child, port, log, new EventStream(port))
  }

  /** Throws a finding where the process has ended, a bug was logged, or memory is beyond its bound. */
  async check(): Promise<void> {
    // A process that ends says so on its standard error first.
    if (this.log.faults.length > 0) await Promise.race([this.#exit, pause(200)])
    if (this.ended !== undefined)
      throw new Finding('the process ended', this.#lastWords(), this.log.error() ?? this.ended)
    const [fault] = this.log.faults
    if (fault) throw fault
    const resident = await residentMemory(this.child)
    if (resident > mostResident) throw new Finding('memory', `more than ${mostResident} MB are resident`)
  }

  #lastWords(): string {
    return [this.ended, this.log.error(), this.log.recent()].join(' ')
  }

  /** One request on a kept connection; throws where no response comes within so many milliseconds. */
  ask({ method, path, body }: PlainRequest, within = 10_000): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
      const options = { port: this.port, host: '127.0.0.1', method, path, agent: this.#agent, headers: length }
      const asking = request(options, (response: IncomingMessage) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.on('error', reject).on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      })
      const late = () => asking.destroy(new Error(`no response to ${method} ${path} within ${within} ms`))
      const timer = setTimeout(late, within)
      asking.on('error', reject).on('close', () => clearTimeout(timer))
      asking.end(body)
    })
  }

  async end(): Promise<void> {
    this.events.close()
    this.#agent.destroy()
    if (this.ended !== undefined) return
    this.child.kill('SIGKILL')
    await this.#exit
  }
}

const environment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:PORT|NODE_.*|SESSION_MOCK_.*)$/.test(name)))

/** Megabytes; 0 where the system does not tell them in this way. */
const residentMemory = async ({ pid }: ChildProcess): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024
}
