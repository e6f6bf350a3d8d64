import { isIP } from 'node:net'
import type { Redis as Connection, RedisOptions } from 'iovalkey'
import type { StoreAddress } from '../config/values/store-url.js'
import type { SystemClock } from '../state/clock.js'
import { isReply, isTimeout, reasonOf } from './engine-errors.js'
import { type ScriptName, scripts } from './scripts.js'
import { StoreError } from './store-error.js'
import { Redis } from './valkey.js'

export interface EngineOptions {
  readonly address: StoreAddress
  /** Certificates of the authorities for its certificate, PEM. */
  readonly ca?: string | undefined
  readonly systemClock: SystemClock
  /** Called when the connection is lost, with the reason, and when it is back. */
  readonly onChange: (isUp: boolean, reason: string) => void
  /** Called when the engine begins to refuse commands, with the reason, and when it accepts them again. */
  readonly onRefusal: (reason: string | undefined) => void
}

/** Milliseconds until a command counts as lost. */
const commandTimeout = 5000

/** Milliseconds that a command without connection or reply waits for a new connection. */
const grace = 1500

/** A connection to Valkey or Redis that reconnects as long as the server runs. */
export class Engine {
  readonly connection: Connection
  readonly #options: EngineOptions
  readonly #waiting = new Set<() => void>()
  #isUp = false
  #isStarted = false
  #isClosed = false
  #downSince = 0
  #reason = ''
  #refusal: string | undefined

  constructor(options: EngineOptions) {
    this.#options = options
    this.connection = new Redis(connectionOptions(options, attempt => this.#nextTry(attempt)))
    for (const [name, { keys, lua }] of Object.entries(scripts))
      this.connection.defineCommand(commandOf(name), { numberOfKeys: keys, lua })
    this.connection.on('error', (error: Error) => {
      this.#reason = reasonOf(error)
    })
    this.connection.on('ready', () => this.#onReady())
    this.connection.on('close', () => this.#onClose())
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** Why there is no connection. */
  get reason(): string {
    return this.#reason === '' ? 'the connection is closed' : this.#reason
  }

  /** Why it cannot be used now; undefined if it can. */
  get trouble(): string | undefined {
    return this.#isUp ? this.#refusal : this.reason
  }

  /** Opens the first connection. Throws a StoreError with the reason if there is none within the time, in milliseconds. */
  async start(within: number): Promise<void> {
    const { systemClock } = this.#options
    const done = new AbortController()
    const late = systemClock.sleep(within, done.signal).then(() => {
      if (!done.signal.aborted) throw new StoreError(this.#reason || noAnswer(this.#options.address, within), true)
    })
    try {
      await Promise.race([this.connection.connect(), late])
      this.#isStarted = true
    } catch (error) {
      this.close()
      throw error instanceof StoreError ? error : new StoreError(this.#reason || reasonOf(error), true)
    } finally {
      done.abort()
    }
  }

  /** Runs a script, again if its reply was lost: scripts must have the same effect when they run twice. Throws a StoreError. */
  async run(name: ScriptName, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown> {
    try {
      const reply = await this.send(() => this.connection[commandOf(name)](...keys, ...args))
      // It writes on every run; other scripts may only have read.
      if (name === 'beat') this.#noteRefusal(undefined)
      return reply
    } catch (error) {
      if (error instanceof StoreError && !error.isUncertain) this.#noteRefusal(error.message)
      throw error
    }
  }

  /** The reply to a command that may be sent twice. Throws a StoreError. */
  async send<Reply>(command: () => Promise<Reply>): Promise<Reply> {
    const until = this.#options.systemClock.elapsed() + grace
    for (;;) {
      await this.#untilUp(until)
      try {
        return await command()
      } catch (error) {
        if (isReply(error)) throw new StoreError(reasonOf(error), false)
        if (isTimeout(error)) this.connection.disconnect(true)
        // The connection may still be closing, which its close event reports.
        if (this.#options.systemClock.elapsed() > until) throw new StoreError(reasonOf(error), true)
        await this.#options.systemClock.sleep(10)
      }
    }
  }

  #noteRefusal(reason: string | undefined): void {
    if (this.#refusal === reason) return
    this.#refusal = reason
    if (this.#isStarted) this.#options.onRefusal(reason)
  }

  close(): void {
    this.#isClosed = true
    this.connection.disconnect()
  }

  async #untilUp(until: number): Promise<void> {
    if (this.#isUp) return
    const { systemClock } = this.#options
    const left = Math.min(until, this.#downSince + grace) - systemClock.elapsed()
    if (left > 0 && !this.#isClosed) {
      const up = new AbortController()
      const onUp = () => up.abort()
      this.#waiting.add(onUp)
      await systemClock.sleep(left, up.signal)
      this.#waiting.delete(onUp)
    }
    if (!this.#isUp) throw new StoreError(this.reason, true)
  }

  #nextTry(attempt: number): number | null {
    return this.#isStarted && !this.#isClosed ? Math.min(20 * attempt, 500) : null
  }

  #onReady(): void {
    const wasDown = this.#isStarted && !this.#isUp
    this.#isUp = true
    this.#reason = ''
    for (const onUp of [...this.#waiting]) onUp()
    if (wasDown) this.#options.onChange(true, '')
  }

  #onClose(): void {
    if (!this.#isUp) return
    this.#isUp = false
    this.#downSince = this.#options.systemClock.elapsed()
    if (this.#isStarted && !this.#isClosed) this.#options.onChange(false, this.reason)
  }
}

/** An engine without TLS takes the handshake for an incomplete command, and never answers. */
const noAnswer = ({ tls }: StoreAddress, within: number): string =>
  `no response within ${within / 1000} s${tls ? '; does that port use TLS?' : ''}`

const commandOf = <Name extends string>(script: Name) => `session-mock-${script}` as const

const connectionOptions = (
  { address, ca }: EngineOptions,
  retryStrategy: (attempt: number) => number | null
): RedisOptions => {
  const { host = '', port = 6379, path, username, password, db, tls } = address
  return {
    ...(path === undefined ? { host, port } : { path }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && {
      tls: { ...(ca !== undefined && { ca }), ...(host !== '' && isIP(host) === 0 && { servername: host }) }
    }),
    db,
    connectionName: 'session-mock',
    lazyConnect: true,
    connectTimeout: commandTimeout,
    commandTimeout,
    enableOfflineQueue: false,
    // A command that the library sends again could be executed twice.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy
  }
}
