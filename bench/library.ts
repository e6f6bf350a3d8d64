import { cp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from './measure.js'
import { below, bench, folderOf, printed, root, runningNode, versionOf } from './processes.js'
import { inTurns, type Rows } from './rounds.js'

/** session-mock as a library, in milliseconds. */
export interface Library extends LibraryTimes {
  /** From the import to the end of the first start, in a new process; of Fastify only the import. */
  readonly importAndStart: Rows<number>
}

/** The output of `library/times.mjs`. */
interface LibraryTimes {
  /** The first `start()` of each process, after the import. */
  readonly firstStart: readonly number[]
  readonly laterStart: readonly number[]
  readonly reset: readonly number[]
  /** A login in a new space, and in an existing one. */
  readonly newSpace: readonly number[]
  readonly sameSpace: readonly number[]
}

export const fastify = 'Fastify'

/** In new processes on the running Node.js. */
export const measureLibrary = async (run: Run): Promise<Library> => {
  const times: LibraryTimes[] = []
  const script = [join(bench, 'library/times.mjs'), join(run.app, 'dist/index.mjs')]
  for (let round = 0; round < run.rounds; round++)
    times.push(JSON.parse(await printed({ program: runningNode.program, args: script }, 60_000)))
  const all = (of: (each: LibraryTimes) => readonly number[]) => times.flatMap(of)
  return {
    firstStart: all(each => each.firstStart),
    laterStart: all(each => each.laterStart),
    reset: all(each => each.reset),
    newSpace: all(each => each.newSpace),
    sameSpace: all(each => each.sameSpace),
    importAndStart: await measureStart(run)
  }
}

/** In a project with session-mock as an installed package, and msw if it is installed here. */
const measureStart = async (run: Run): Promise<Rows<number>> => {
  const project = await below(run.folder, 'project')
  await cp(join(bench, 'library/start.mjs'), join(project, 'start.mjs'))
  await cp(run.app, join(await below(project, 'node_modules'), 'session-mock'), { recursive: true })
  const skip = run.skip('import and first start')
  const hasMsw = !run.isQuick && (await versionOf('msw').catch(error => skip('msw', error))) !== undefined
  if (hasMsw) await symlink(folderOf('msw'), join(project, 'node_modules/msw'))
  const env = { BENCH_FASTIFY: join(root, 'node_modules/fastify/fastify.js') }
  const start = async ({ name }: { readonly name: string }) =>
    Number(await printed({ program: runningNode.program, args: ['start.mjs', name], env, folder: project }, 60_000))
  const mocks = ['session-mock', ...(hasMsw ? ['msw'] : []), fastify].map(name => ({ name }))
  return inTurns(mocks, Math.max(5, run.rounds), start, skip)
}
