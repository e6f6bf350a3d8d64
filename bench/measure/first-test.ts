import { cp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { folderOf, versionOf } from '../contenders/installed.js'
import { runningNode } from '../nodes.js'
import { below, bench, root } from '../places.js'
import { printed } from '../process.js'
import { inTurns, type Rows } from '../rounds.js'
import type { Run } from '../run.js'

/** What a library costs the first test of a project, in milliseconds, by the names of the libraries. */
export interface FirstTest {
  /** From the import to the end of the first start, in a process of its own; of Fastify the import alone. */
  readonly firstStart: Rows<number>
  /** From the start to the first passing test and the end of the process. */
  readonly nodeTest: Rows<number>
  readonly vitest: Rows<number>
}

export const fastify = 'Fastify'

interface Library {
  readonly name: string
  readonly mock: string
}

const sessionMock: Library = { name: 'session-mock', mock: 'session-mock' }
const others: readonly Library[] = ['msw', 'mockttp'].map(name => ({ name, mock: name }))

/** Measures all in turns, in a project that has the libraries among its packages, on the running Node.js. */
export const measureFirstTest = async (run: Run, quick: boolean): Promise<FirstTest> => {
  const project = await projectWith(run)
  const there = quick ? [] : await installed(run, others)
  const libraries = [sessionMock, ...there]
  const script = (file: string) => [process.execPath, join(project, file)]
  const starts = [...libraries, { name: fastify, mock: 'fastify' }]
  const time = (command: readonly string[]) => (each: Library) => timed(project, command, each)
  const vitest = [process.execPath, join(folderOf('vitest'), 'vitest.mjs'), 'run', '--root', project]
  const rounds = Math.max(5, run.rounds)
  const leaveOut = run.leaveOut('the first test')
  const hasVitest = !quick && (await isInstalled(run, 'vitest'))
  return {
    firstStart: await inTurns(
      starts,
      rounds,
      async each => Number(await printedBy(project, script('first-start.mjs'), each)),
      leaveOut
    ),
    nodeTest: await inTurns(
      quick ? [] : libraries,
      rounds,
      time([process.execPath, '--test', join(project, 'first-node.mjs')]),
      leaveOut
    ),
    vitest: await inTurns(hasVitest ? libraries : [], rounds, time(vitest), leaveOut)
  }
}

/** A folder with the tests, session-mock as an installed package, and the other libraries by links. */
const projectWith = async (run: Run): Promise<string> => {
  const project = await below(run.folder, 'project')
  await cp(join(bench, 'library/project'), project, { recursive: true })
  const packages = await below(project, 'node_modules')
  await cp(run.app, join(packages, 'session-mock'), { recursive: true })
  for (const name of ['msw', 'mockttp', 'vitest']) await symlink(folderOf(name), join(packages, name))
  return project
}

const timed = async (project: string, command: readonly string[], library: Library): Promise<number> => {
  const begun = performance.now()
  await printedBy(project, command, library)
  return performance.now() - begun
}

const printedBy = (
  project: string,
  [program = runningNode.program, ...args]: readonly string[],
  { mock }: Library
): Promise<string> => {
  const env = { BENCH_MOCK: mock, BENCH_FASTIFY: join(root, 'node_modules/fastify/fastify.js') }
  return printed({ program, args, env, folder: project }, 60_000)
}

const installed = async (run: Run, libraries: readonly Library[]): Promise<readonly Library[]> => {
  const found: Library[] = []
  for (const library of libraries) if (await isInstalled(run, library.name)) found.push(library)
  return found
}

const isInstalled = (run: Run, name: string): Promise<boolean> =>
  versionOf(name).then(
    () => true,
    (why: unknown) => {
      run.leaveOut('the first test')(name, why)
      return false
    }
  )
