import { sessionMock } from '../contenders/index.js'
import { type Memory, memoryOf, memoryPreload } from '../memory.js'
import { end } from '../process.js'
import type { Run } from '../run.js'
import { type Server, serve } from '../server.js'
import { logIn, sessionCall } from '../session.js'
import { fillWithSessions, longest, sayHowFar } from './fill.js'

/** The memory at two moments, and what was counted at each. */
export interface Growth {
  readonly from: { readonly count: number; readonly memory: Memory }
  readonly to: { readonly count: number; readonly memory: Memory }
}

/** The memory before and after a million logins. The journal is full before, so that it has no part in it. */
export const measureSessionMemory = (run: Run): Promise<Growth> =>
  withPreload(run, async server => {
    const few = await fillWithSessions(run, server.port, 20_000)
    const from = { count: few, memory: await memoryOf(server) }
    const many = await fillWithSessions(run, server.port, few + 1_000_000)
    return { from, to: { count: many, memory: await memoryOf(server) } }
  })

/** The memory after the first 100,000 session calls, with which the journal is full, and after a million. */
export const measureJournalMemory = (run: Run): Promise<Growth> =>
  withPreload(run, async server => {
    const token = await logIn(server.port)
    const few = await call(run, server, token, 0, 100_000)
    const from = { count: few, memory: await memoryOf(server) }
    const many = await call(run, server, token, few, 1_000_000)
    return { from, to: { count: many, memory: await memoryOf(server) } }
  })

const call = async (run: Run, { port }: Server, token: string, before: number, until: number) => {
  const deadline = performance.now() + longest
  let count = before
  while (count < until && performance.now() < deadline) {
    const seconds = before === 0 ? 1 : 5
    count += (await run.load.run({ port, calls: [sessionCall(token)], connections: 32, seconds })).requests
    run.say(`${count.toLocaleString('en-US')} session calls`)
  }
  if (count < until) sayHowFar(run, `of ${until.toLocaleString('en-US')} session calls`, count)
  return count
}

const withPreload = async (run: Run, work: (server: Server) => Promise<Growth>) => {
  const server = await serve(sessionMock(run.app), run.node, run.folder, memoryPreload)
  try {
    return await work(server)
  } finally {
    await end(server.child)
  }
}
