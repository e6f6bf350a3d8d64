import { sessionMock } from '../contenders/index.js'
import { memoryOf, memoryPreload } from '../memory.js'
import { end } from '../process.js'
import type { Call } from '../request.js'
import type { Run } from '../run.js'
import { serve } from '../server.js'
import { logIn, loginCall, sessionCall } from '../session.js'

/** Bytes of the heap that a row of the journal keeps alive. */
export interface JournalRows {
  /** Of a session call that its client sends again and again. */
  readonly repeated: number
  /** Of calls with a body of 1 KB, each of which is another. */
  readonly withBody: number
}

/** The growth of the heap for each row, in a journal that is large enough for all of them. */
export const measureJournalRows = async (run: Run): Promise<JournalRows> => ({
  repeated: await bytesOfRow(run, token => [sessionCall(token)]),
  withBody: await bytesOfRow(run, token => notes.map(note => callWithBody(token, note)))
})

/** So many different ones that no row is like the one before. */
const notes = Array.from({ length: 100 }, (_, number) => String(number).padStart(1000, 'x'))

/** A login by a client that has a session already: it is told of that one, and none is opened. */
const callWithBody = (token: string, note: string): Call => ({
  ...loginCall,
  headers: { ...loginCall.headers, ...sessionCall(token).headers },
  body: `${loginCall.body}&note=${note}`
})

const bytesOfRow = async (run: Run, callsWith: (token: string) => readonly Call[]): Promise<number> => {
  const settings = ['--journal', '1000000', '--journal-bytes', '1073741824']
  const server = await serve(sessionMock(run.app, ...settings), run.node, run.folder, memoryPreload)
  try {
    const calls = callsWith(await logIn(server.port))
    const load = () => run.load.run({ port: server.port, calls, connections: 32, seconds: 1 })
    await load()
    const before = await memoryOf(server)
    const { requests } = await load()
    const after = await memoryOf(server)
    return (after.heapUsed - before.heapUsed) / requests
  } finally {
    await end(server.child)
  }
}
