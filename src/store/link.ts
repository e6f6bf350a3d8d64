import type { EventEmitter } from 'node:events'
import { AbortController } from '../base/node-globals.js'
import type { StoreAddress } from '../config/values.js'
import type { SystemClock } from '../session/clock.js'
import {
  type Connection,
  type ConnectionOptions,
  createCluster,
  createClusterSubscriber,
  createConnection,
  defineScripts,
  isNodeOfCluster
} from './connection.js'
import { isLostNode, reasonOf, StoreError } from './store-error.js'
import { Cluster, type Redis } from './valkey.js'

export interface LinkOptions extends ConnectionOptions {
  readonly systemClock: SystemClock
  /** Called when the connection is lost, with the reason, and when it is back. */
  readonly onChange: (isUp: boolean, reason: string) => void
}

/** One engine, or one node of a cluster that has a part of the keys. */
export interface EngineNode {
  /** The subject of a sentence about it. */
  readonly title: string
  readonly connection: Redis
}

/** Milliseconds that a command without connection or reply waits for a new connection. */
export const grace = 1500

/** The connection to an engine, or to the nodes of a cluster, which is opened again after each loss. */
export class Link {
  readonly #options: LinkOptions
  readonly #waiting = new Set<() => void>()
  #connection: Connection
  #isUp = false
  #isStarted = false
  #isClosed = false
  #downSince = 0
  #reason = ''
  /** The last failure of a node of a cluster. */
  #nodeReason = ''

  constructor(options: LinkOptions) {
    this.#options = options
    this.#connection = createConnection(options, this.#nextTry)
    this.#prepare(this.#connection)
  }

  get connection(): Connection {
    return this.#connection
  }

  get isCluster(): boolean {
    return this.#connection instanceof Cluster
  }

  get isUp(): boolean {
    return this.#isUp
  }

  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Why there is no connection. */
  get reason(): string {
    return this.#reason === '' ? 'the connection is closed' : this.#reason
  }

  /** The engines that have the keys: several in a cluster. */
  get nodes(): readonly EngineNode[] {
    const connection = this.#connection
    if (!(connection instanceof Cluster)) return [{ title: 'it', connection }]
    return connection.nodes('master').map(node => ({
      title: `its node ${node.options.host}:${node.options.port}`,
      connection: node
    }))
  }

  /** A new connection for subscriptions, which is not open yet. */
  createSubscriber(): Redis {
    const connection = this.#connection
    return connection instanceof Cluster
      ? createClusterSubscriber(connection, this.#options, this.#nextTry)
      : connection.duplicate()
  }

  /** Opens the first connection. Throws a StoreError with the reason if there is none within the time, in milliseconds. */
  async start(within: number): Promise<void> {
    const { systemClock } = this.#options
    const done = new AbortController()
    const late = systemClock.sleep(within, done.signal).then(() => {
      if (!done.signal.aborted) throw new StoreError(this.#reason || noAnswer(this.#options.address, within), true)
    })
    try {
      await Promise.race([this.#connect(), late])
      this.#isStarted = true
    } catch (error) {
      this.close()
      throw error instanceof StoreError ? error : new StoreError(this.#reason || reasonOf(error), true)
    } finally {
      done.abort()
    }
  }

  /** Opens the lost connection again, which may hang. */
  reopen(): void {
    if (this.#isUp) this.#connection.disconnect(true)
  }

  close(): void {
    this.#isClosed = true
    this.#connection.disconnect()
  }

  /** Resolves when there is a connection. Throws a StoreError if there is none by that monotonic time, or since too long. */
  async untilUp(until: number): Promise<void> {
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

  /** The reason of a failed command. For a lost node, the library reports only that it has tried the others in vain. */
  reasonOf(error: unknown): string {
    return isLostNode(error) && this.#nodeReason !== '' ? this.#nodeReason : reasonOf(error)
  }

  async #connect(): Promise<void> {
    const first = this.#connection
    await first.connect()
    if (first instanceof Cluster || !(await isNodeOfCluster(first, this.#options))) return
    const cluster = createCluster(this.#options, this.#nextTry)
    this.#connection = cluster
    this.#isUp = false
    this.#prepare(cluster)
    first.disconnect()
    await cluster.connect()
    this.#onReady()
  }

  #prepare(connection: Connection): void {
    defineScripts(connection)
    const events: EventEmitter = connection
    const listen = (event: string, listener: (error: Error, node: string) => void) =>
      events.on(event, (error: Error, node: string) => {
        if (connection === this.#connection) listener(error, node)
      })
    listen('error', error => {
      this.#reason = reasonOf(error)
    })
    listen('node error', (error, node) => {
      // Commands of a lost connection; its own error comes before them.
      if (isLostNode(error)) return
      this.#nodeReason = `its node ${node} cannot be used: ${reasonOf(error)}`
    })
    listen('ready', () => this.#onReady())
    listen('close', () => this.#onClose())
  }

  readonly #nextTry = (attempt: number): number | null =>
    this.#isStarted && !this.#isClosed ? Math.min(20 * attempt, 500) : null

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
