import { AbortController } from '../base/node-globals.js'
import type { SystemClock } from '../session/clock.js'
import type { Connection } from './connection.js'
import { type EngineNode, grace, Link, type LinkOptions } from './link.js'
import { type ScriptName, scriptCommand } from './scripts.js'
import type { Keys } from './space-log.js'
import { isOfOneKey, isReply, isTimeout, type OnRefusal, Refusals, reasonOf, StoreError } from './store-error.js'
import type { Redis } from './valkey.js'

interface EngineOptions extends LinkOptions {
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

/** Commands of the scripts that some engines or users lack. */
const commands = ['EVALSHA', 'XADD', 'XRANGE', 'XTRIM', 'ZADD', 'HSET', 'PEXPIRE', 'PUBLISH', 'SUBSCRIBE']

/** Throws a StoreError if the engine lacks a command or is too old, or if the keys have other types. `within`: milliseconds. */
export const checkEngine = async (
  engine: Engine,
  keys: Keys,
  db: number,
  within: number,
  systemClock: SystemClock
): Promise<void> => {
  const done = new AbortController()
  const late = systemClock.sleep(within, done.signal).then(() => {
    if (!done.signal.aborted) throw new StoreError('no response in time', true)
  })
  try {
    await Promise.race([check(engine, keys, db), late])
  } finally {
    done.abort()
  }
}

const check = async (engine: Engine, keys: Keys, db: number): Promise<void> => {
  const { connection } = engine
  if (!engine.isCluster) await engine.send(() => connection.select(db))
  for (const node of engine.nodes) {
    await checkCommands(engine, node)
    await checkVersion(engine, node)
  }
  await checkTypes(engine, keys)
}

const checkCommands = async (engine: Engine, { title, connection }: EngineNode): Promise<void> => {
  const known = await engine.send(() => connection.command('INFO', ...commands)).catch(() => undefined)
  const missing = commands.filter((_, index) => Array.isArray(known) && known[index] === null)
  if (missing.length > 0)
    throw new StoreError(
      `${title} lacks the command ${missing.join(', ')}; Valkey, or Redis 6.2 or later with scripting, is needed`,
      false
    )
}

/** An engine without a version is accepted: a missing command fails at its first use. */
const checkVersion = async (engine: Engine, { title, connection }: EngineNode): Promise<void> => {
  const facts = await engine.send(() => connection.info('server')).catch(() => '')
  const [, version, major, minor] = /redis_version:((\d+)\.(\d+)[\d.]*)/.exec(facts) ?? []
  if (version === undefined || Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 2)) return
  throw new StoreError(
    `${title} is Redis ${version}, which lacks XTRIM MINID; Valkey, or Redis 6.2 or later, is needed`,
    false
  )
}

/** Checks that the keys of the default space and the registry have their types, or do not exist. */
const checkTypes = async (engine: Engine, keys: Keys): Promise<void> => {
  const [log, meta, checkpoint] = keys.ofSpace('default')
  const [registry, replicas, spaces] = keys.registry
  const expected = {
    [log]: 'stream',
    [meta]: 'hash',
    [checkpoint]: 'string',
    [registry]: 'hash',
    [replicas]: 'zset',
    [spaces]: 'zset'
  }
  for (const [key, wanted] of Object.entries(expected)) {
    const found = await engine.send(() => engine.connection.type(key))
    if (found !== 'none' && found !== wanted)
      throw new StoreError(
        `the key ${key} holds a ${found}, which does not belong to session-mock: use another --store-prefix`,
        false
      )
  }
}

/** Removes all keys with the prefix. */
export const clearKeys = async (engine: Engine, keys: Keys): Promise<void> => {
  for (const node of engine.nodes) await clearNode(engine, node, keys)
}

const clearNode = async (engine: Engine, { connection }: EngineNode, keys: Keys): Promise<void> => {
  let cursor = '0'
  do {
    const [next, found] = await engine.send(() => connection.scan(cursor, 'MATCH', keys.all, 'COUNT', 1000))
    // One by one, as the keys of a cluster are in different slots.
    await Promise.all(found.map(key => engine.send(() => engine.connection.unlink(key))))
    cursor = next
  } while (cursor !== '0')
}
