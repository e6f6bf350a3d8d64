import { setTimeout as pause } from 'node:timers/promises'
import { ask, type Call } from '../request.js'
import { sessionsSnapshot } from '../stalls/sessions-snapshot.js'
import type { Engine } from './engine.js'

/** Sessions that are opened; the result is scaled from them. */
export const opened = 100_000

/** Milliseconds that the checkpoint may take. */
const patience = 120_000

const advance = { method: 'PUT', path: '/__admin/clock', headers: {}, body: '{"action":"advance","by":"1ms"}' }

/** Bytes in the engine for each session of the default space, after the checkpoint that holds them all. */
export const bytesOfSession = async (engine: Engine, port: number): Promise<number> => {
  const before = await usedBy(engine)
  const asked = (call: Call) => ask(port, call, false, patience)
  const body = await sessionsSnapshot(asked, opened)
  const { status } = await asked({ method: 'PUT', path: '/__admin/snapshot', headers: {}, body })
  if (status !== 200) throw new Error(`the snapshot was answered with ${status}`)
  await checkpointed(engine, port)
  return ((await usedBy(engine)) - before) / opened
}

/** The snapshot is one input that is longer than the log may be: the next one makes a replica keep a checkpoint. */
const checkpointed = async ({ connection }: Engine, port: number): Promise<void> => {
  const key = (await connection.keys('*{default}:log'))[0] ?? ''
  const checkpoint = key.replace(/log$/, 'checkpoint')
  for (const deadline = performance.now() + patience; performance.now() < deadline; await pause(200)) {
    if ((await connection.strlen(checkpoint)) > opened && (await connection.xlen(key)) < 10) return
    await ask(port, advance, false, patience)
  }
  throw new Error('no checkpoint was kept in time')
}

const usedBy = async ({ connection }: Engine): Promise<number> => {
  const [, bytes] = /^used_memory:(\d+)/m.exec(await connection.info('memory')) ?? []
  return Number(bytes)
}
