import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import pkg from '../../package.json' with { type: 'json' }
import { againstBuild } from './built-command.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const parts = [
  'package.json',
  'tsconfig.json',
  'build.mjs',
  'scripts',
  'src',
  'routes',
  'scenarios',
  'docs',
  'examples',
  'clients'
]
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

export interface Installed {
  /** A folder with an empty project and the installed package. */
  readonly project: string
  /** The output of npm. */
  readonly npm: { readonly stdout: string; readonly stderr: string }
}

/** The package, installed from its tarball. */
export const installed = async (t: Test, manifest: object = {}): Promise<Installed> => {
  const project = `${t.testdir({})}/project`
  await mkdir(project)
  await writeFile(`${project}/package.json`, JSON.stringify({ private: true, ...manifest }))
  const quiet = ['--offline', '--no-audit', '--no-fund']
  return { project, npm: await said(project, 'npm', 'install', ...quiet, await tarball(project)) }
}

/** The tarball under test: packed from dist/ once per run, or from a copy that is built for the test. */
const tarball = async (project: string): Promise<string> => {
  const name = `session-mock-${pkg.version}.tgz`
  if (againstBuild) return `${root}.tap/packed/${name}`
  await printed(await checkout(`${project}/../checkout`), 'npm', 'pack', '--pack-destination', '..')
  return `${project}/../${name}`
}

/** An unbuilt copy of this project, so that other tests can build at the same time. */
const checkout = async (copy: string): Promise<string> => {
  await mkdir(copy)
  for (const part of [...parts, ...papers]) await cp(`${root}${part}`, `${copy}/${part}`, { recursive: true })
  await symlink(`${root}node_modules`, `${copy}/node_modules`)
  return copy
}

const run = promisify(execFile)

/** The standard output of a program. Throws if it fails. */
export const printed = async (folder: string, program: string, ...args: string[]): Promise<string> =>
  (await said(folder, program, ...args)).stdout

/** The standard output and error of a program. Throws if it fails. */
export const said = async (
  folder: string,
  program: string,
  ...args: string[]
): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  const { NODE_OPTIONS: _loader, NODE_TEST_CONTEXT: _context, TAP: _tap, ...env } = process.env
  return run(program, args, { cwd: folder, env })
}

/** Whether a program is installed. */
export const has = (program: string, ...args: string[]): Promise<boolean> =>
  run(program, args).then(
    () => true,
    () => false
  )
