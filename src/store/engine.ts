import type { Connection } from './connection.js'
import { isOfOneKey, isReply, isTimeout, reasonOf } from './engine-errors.js'
import { type EngineNode, grace, Link, type LinkOptions } from './link.js'
import { type OnRefusal, Refusals } from './refusals.js'
import { type ScriptName, scriptCommand } from './scripts.js'
import { StoreError } from './store-error.js'
import type { Redis } from './valkey.js'

export interface EngineOptions extends LinkOptions {
  /** Called when the engine begins to refuse commands, with the reason, and when it accepts them again. */
  readonly onRefusal: OnRefusal
}

/** Valkey or Redis, or a cluster of them: sends commands, again if their replies are lost. */
export class Engine {
  readonly #options: EngineOptions
  readonly #link: Link
  readonly #refusals: Refusals

  constructor(options: EngineOptions) {
    this.#options = options
    this.#link = new Link(options)
    this.#refusals = new Refusals(reason => {
      if (this.#link.isStarted) options.onRefusal(reason)
    })
  }

  get connection(): Connection {
    return this.#link.connection
  }

  get isCluster(): boolean {
    return this.#link.isCluster
  }

  get nodes(): readonly EngineNode[] {
    return this.#link.nodes
  }

  /** Why it cannot be used now; undefined if it can. */
  get trouble(): string | undefined {
    return this.#link.isUp ? this.#refusals.reason : this.#link.reason
  }

  /** A new connection for subscriptions, which is not open yet. */
  createSubscriber(): Redis {
    return this.#link.createSubscriber()
  }

  /** Opens the first connection. Throws a StoreError with the reason if there is none within the time, in milliseconds. */
  start(within: number): Promise<void> {
    return this.#link.start(within)
  }

  /** Runs a script, again if its reply was lost: scripts must have the same effect when they run twice. Throws a StoreError. */
  async run(name: ScriptName, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown> {
    const [key = ''] = keys
    try {
      const reply = await this.send(() => this.connection[scriptCommand(name)](...keys, ...args))
      // It writes on every run; other scripts may only have read.
      if (name === 'beat') this.#onBeat(key)
      return reply
    } catch (error) {
      if (error instanceof StoreError && this.#isRefusal(error)) this.#refusals.add(key, error.message)
      throw error
    }
  }

  /** The reply to a command that may be sent twice. Throws a StoreError. */
  async send<Reply>(command: () => Promise<Reply>): Promise<Reply> {
    const { systemClock } = this.#options
    const until = systemClock.elapsed() + grace
    for (;;) {
      await this.#link.untilUp(until)
      try {
        return await command()
      } catch (error) {
        if (isReply(error)) throw new StoreError(reasonOf(error), false)
        if (isTimeout(error)) this.#link.reopen()
        // The connection may still be closing, which its close event reports.
        if (systemClock.elapsed() > until) throw new StoreError(this.#link.reasonOf(error), true)
        await systemClock.sleep(10)
      }
    }
  }

  close(): void {
    this.#link.close()
  }

  /** It concerns all spaces. In a cluster, the connection remains when one of the nodes is lost. */
  #isRefusal({ isUncertain, message }: StoreError): boolean {
    if (isOfOneKey(message)) return false
    return !isUncertain || (this.isCluster && this.#link.isUp)
  }

  /** Removes the refusals of all keys that the engine accepts again; `written`: a key that it has just accepted. */
  #onBeat(written: string): void {
    for (const key of this.#refusals.keys)
      if (key === written || !this.isCluster) this.#refusals.remove(key)
      else void this.#tryWrite(key)
  }

  /** Tries a write without effect on the node of the key. */
  async #tryWrite(key: string): Promise<void> {
    const reply = this.connection.set(`${key}:probe`, '', 'XX')
    await reply.then(
      () => this.#refusals.remove(key),
      () => undefined
    )
  }
}
