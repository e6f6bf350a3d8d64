import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const root = fileURLToPath(new URL('../../', import.meta.url))
const parts = ['package.json', 'build.mjs', 'src', 'routes', 'scenarios', 'docs', 'examples', 'clients']
const papers = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'compose.yaml',
  'bench/README.md',
  'bench/RESULTS.md',
  'bench/results.svg'
]

/** A copy of this project in a folder of the test's, not built, so that other tests may build at the same time. */
export const checkout = async (t: Test): Promise<string> => {
  const folder = t.testdir({})
  const copy = `${folder}/checkout`
  await mkdir(copy)
  for (const part of [...parts, ...papers]) await cp(`${root}${part}`, `${copy}/${part}`, { recursive: true })
  await symlink(`${root}node_modules`, `${copy}/node_modules`)
  return copy
}

/** An empty project beside the copy, in which `session-mock` can be imported once it is built. */
export const neighbour = async (copy: string, ...packages: string[]): Promise<string> => {
  const folder = `${copy}/../neighbour`
  await mkdir(`${folder}/node_modules`, { recursive: true })
  await writeFile(`${folder}/package.json`, '{ "private": true, "type": "module" }\n')
  await symlink(copy, `${folder}/node_modules/session-mock`)
  for (const name of packages) await symlink(`${root}node_modules/${name}`, `${folder}/node_modules/${name}`)
  return folder
}

const run = promisify(execFile)

/** What a program prints. Throws where it fails, with what it said. */
export const printed = async (folder: string, program: string, ...args: string[]): Promise<string> =>
  (await said(folder, program, ...args)).stdout

/** The same, and what stands on its standard error. */
export const said = async (
  folder: string,
  program: string,
  ...args: string[]
): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  const { NODE_OPTIONS: _loader, NODE_TEST_CONTEXT: _context, TAP: _tap, ...env } = process.env
  return run(program, args, { cwd: folder, env })
}

/** Whether a program is here. */
export const has = (program: string, ...args: string[]): Promise<boolean> =>
  run(program, args).then(
    () => true,
    () => false
  )
