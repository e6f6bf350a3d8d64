import type { Contender } from '../contenders/contender.js'
import type { Measured } from '../load/load.js'
import { below } from '../places.js'
import { end } from '../process.js'
import type { Run } from '../run.js'
import { type Server, serve } from '../server.js'
import { checkSession, logIn, sessionCall } from '../session.js'

/** A server with a session that is open in it. */
export interface Serving extends Server {
  readonly token: string
  /** How many seconds it is warmed up for. */
  readonly warmUp: number
}

/** Runs something beside servers of these contenders, and ends them after it. What does not start is left out. */
export const beside = async <Result>(
  run: Run,
  contenders: readonly Contender[],
  part: string,
  work: (servers: readonly Serving[]) => Promise<Result>
): Promise<Result> => {
  const servers: Serving[] = []
  try {
    for (const contender of contenders) {
      const serving = await started(run, contender, part)
      if (serving) servers.push(serving)
    }
    return await work(servers)
  } finally {
    await Promise.all(servers.map(({ child }) => end(child)))
  }
}

const started = async (run: Run, contender: Contender, part: string) => {
  try {
    const server = await serve(contender, run.node, await below(run.folder, `${part}-${contender.name}`))
    return { ...server, token: await logIn(server.port), warmUp: run.warmUp * (contender.warmUps ?? 1) }
  } catch (error) {
    run.leaveOut(part)(contender.name, error)
    return undefined
  }
}

/** The load of session calls with this server's token, checked by bytes before and after. */
export const sessionLoad = async (run: Run, { port, token }: Serving, load: SessionLoad): Promise<Measured> => {
  await checkSession(port, token)
  const measured = await run.load.run({ port, calls: [sessionCall(token)], ...load })
  await checkSession(port, token)
  return measured
}

export interface SessionLoad {
  readonly connections: number
  readonly seconds: number
}
