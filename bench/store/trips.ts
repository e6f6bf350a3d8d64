import { ask, type Call } from '../request.js'
import { logIn, loginIn, sessionCall } from '../session.js'
import type { Engine } from './engine.js'

/** What a server sends to the engine on behalf of a request; what a script does there is no trip of its own. */
const sent = ['evalsha', 'get', 'set']

/** Trips to the engine since it was started. */
export const tripsOf = async ({ connection }: Engine): Promise<number> => {
  const facts = await connection.info('commandstats')
  const calls = sent.map(name => new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(facts)?.[1] ?? 0)
  return calls.reduce<number>((sum, each) => sum + Number(each), 0)
}

export interface Trips {
  readonly name: string
  /** For each request. */
  readonly trips: number
}

const turns = 500

/** Trips for each call of one client that waits for each answer. */
export const tripsAlone = async (engine: Engine, port: number, other: number): Promise<readonly Trips[]> => {
  const token = await logIn(port)
  const elsewhere = await logIn(port, loginIn('elsewhere'))
  const use = sessionCall(token)
  return [
    { name: 'login', trips: await counted(engine, () => logIn(port)) },
    { name: 'login in another space', trips: await counted(engine, () => logIn(port, loginIn('elsewhere'))) },
    { name: 'session', trips: await counted(engine, () => right(port, use)) },
    { name: 'session, by turns on two replicas', trips: await inTurns(engine, [port, other], use) },
    {
      name: 'session of another space, by its token alone, by turns on two replicas',
      trips: await inTurns(engine, [port, other], sessionCall(elsewhere))
    }
  ]
}

const inTurns = (engine: Engine, ports: readonly number[], call: Call): Promise<number> => {
  let turn = 0
  return counted(engine, () => right(ports[turn++ % ports.length] ?? 0, call))
}

const right = async (port: number, call: Call): Promise<void> => {
  const { status, body } = await ask(port, call)
  if (status !== 200) throw new Error(`${call.method} ${call.path} was answered with ${status} ${body.slice(0, 100)}`)
}

const counted = async (engine: Engine, request: () => Promise<unknown>): Promise<number> => {
  const before = await tripsOf(engine)
  for (let turn = 0; turn < turns; turn += 1) await request()
  return ((await tripsOf(engine)) - before) / turns
}
