import { AbortController } from '../base/node-globals.js'
import type { SystemClock } from '../state/clock.js'
import type { Engine } from './engine.js'
import type { Keys } from './keys.js'
import type { EngineNode } from './link.js'
import { StoreError } from './store-error.js'

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
