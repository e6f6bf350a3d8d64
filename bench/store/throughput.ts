import type { Load, Measured } from '../load/load.js'
import { ask, type Call } from '../request.js'
import { logIn, loginIn, sessionCall } from '../session.js'
import type { Engine } from './engine.js'
import { tripsOf } from './trips.js'

/** Servers that are loaded at the same time, each in a space of its own. */
export interface Variant {
  readonly name: string
  readonly ports: readonly number[]
}

export interface Loaded {
  readonly perSecond: number
  /** In milliseconds, of the slowest server. */
  readonly p99: number
  readonly tripsPerRequest: number
}

const connections = 32
const seconds = 4

/** Loads all variants in turns, a round that does not count before the others. One load generator for each server. */
export const throughputs = async (
  variants: readonly Variant[],
  engine: Engine,
  loads: readonly Load[],
  rounds: number
): Promise<ReadonlyMap<string, readonly Loaded[]>> => {
  const found = new Map<string, Loaded[]>(variants.map(({ name }) => [name, []]))
  for (const variant of variants) await loaded(variant, engine, loads)
  for (let round = 0; round < rounds; round += 1)
    for (const turn of variants.keys()) {
      const variant = variants[(round + turn) % variants.length]
      if (variant) found.get(variant.name)?.push(await loaded(variant, engine, loads))
    }
  return found
}

const loaded = async ({ ports }: Variant, engine: Engine, loads: readonly Load[]): Promise<Loaded> => {
  const calls = await Promise.all(ports.map((port, index) => sessionIn(port, `load-${index}`)))
  const before = await tripsOf(engine)
  const measured = await Promise.all(
    ports.map((port, index) => loads[index]?.run({ port, calls: calls.slice(index, index + 1), connections, seconds }))
  )
  const trips = (await tripsOf(engine)) - before
  const each = measured.filter((one): one is Measured => one !== undefined)
  const requests = each.reduce((sum, one) => sum + one.requests, 0)
  return {
    perSecond: each.reduce((sum, one) => sum + one.perSecond, 0),
    p99: Math.max(...each.map(({ p99 }) => p99)),
    tripsPerRequest: trips / requests
  }
}

/** The session call of a new session. Throws where it is refused. */
const sessionIn = async (port: number, space: string): Promise<Call> => {
  const call = { ...sessionCall(await logIn(port, loginIn(space))), path: `/~${space}/session` }
  const { status } = await ask(port, call)
  if (status !== 200) throw new Error(`the session call was answered with ${status}`)
  return call
}
