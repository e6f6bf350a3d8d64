import type { ChildProcess } from 'node:child_process'
import { get } from 'node:http'
import { Finding } from './finding.js'
import { openTokens } from './tokens.js'

/** Reads the log of the server as it comes, and finds what must not be in it. */
export class LogReader {
  /** In the order in which they were seen. */
  readonly faults: Finding[] = []
  /** The port that the ready line names. */
  readonly port: Promise<number>
  readonly #lines: string[] = []
  readonly #awaited = new Map<string, () => void>()
  #ready: (port: number) => void = () => undefined

  constructor({ stdout, stderr }: ChildProcess) {
    this.port = new Promise(resolve => {
      this.#ready = resolve
    })
    if (stdout) lines(stdout, line => this.#read(line))
    if (stderr) lines(stderr, line => this.#complain(line))
  }

  /** Resolves when a line has this text. */
  has(text: string): Promise<void> {
    return new Promise(resolve => this.#awaited.set(text, resolve))
  }

  /** The newest lines, for a report. */
  recent(): string {
    return this.#lines
      .slice(-8)
      .map(line => line.slice(0, 300))
      .join(' | ')
  }

  /** The newest line that names an error. */
  error(): string | undefined {
    return this.#lines.findLast(line => /^(?:\w*Error|FATAL ERROR)\b/.test(line))?.slice(0, 60)
  }

  #read(line: string): void {
    this.#remember(line)
    const [, port] = /listening on http:\/\/[^\s":]+:(\d+)/.exec(line) ?? []
    if (port) this.#ready(Number(port))
    if (/a bug in session-mock|"level":[56]0/.test(line)) this.faults.push(new Finding('a logged bug', shortened(line)))
    if (openTokens.some(token => line.includes(token)))
      this.faults.push(new Finding('a token in the log', shortened(line)))
    for (const [text, resolve] of this.#awaited) {
      if (!line.includes(text)) continue
      this.#awaited.delete(text)
      resolve()
    }
  }

  #complain(line: string): void {
    this.#remember(line)
    this.faults.push(new Finding('output on the standard error', line.slice(0, 300)))
  }

  #remember(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > 40) this.#lines.splice(0, 20)
  }
}

/** Of a line of the log in JSON, what was thrown and where. */
const shortened = (line: string): string => {
  const [, stack] = /"stack":"((?:[^"\\]|\\.)*)"/.exec(line) ?? []
  return (stack ?? line).slice(0, 600)
}

const lines = (stream: NodeJS.ReadableStream, each: (line: string) => void): void => {
  let rest = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) each(line)
  })
}

/** A listener on `/__admin/events` that reads all it gets, and comes back where it was cut off. */
export class EventStream {
  readonly #awaited = new Map<string, () => void>()
  #closed = false
  #stop: () => void = () => undefined

  constructor(private readonly port: number) {
    this.#connect()
  }

  /** Resolves when the stream has this text. */
  has(text: string): Promise<void> {
    return new Promise(resolve => this.#awaited.set(text, resolve))
  }

  close(): void {
    this.#closed = true
    this.#stop()
  }

  #connect(): void {
    if (this.#closed) return
    const again = () => setTimeout(() => this.#connect(), 20)
    const asking = get({ port: this.port, host: '127.0.0.1', path: '/__admin/events', agent: false }, response => {
      lines(response, line => this.#read(line))
      response.on('error', () => undefined).on('close', again)
    })
    asking.on('error', again)
    this.#stop = () => asking.destroy()
  }

  #read(line: string): void {
    for (const [text, resolve] of this.#awaited) {
      if (!line.includes(text)) continue
      this.#awaited.delete(text)
      resolve()
    }
  }
}
