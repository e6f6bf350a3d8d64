import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { shippedTarball } from './shipped.js'

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
  return { project, npm: await said(project, 'npm', 'install', ...quiet, await shippedTarball()) }
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
  // A nested test runner would regard itself as a part of this one.
  const { NODE_TEST_CONTEXT: _context, TAP: _tap, TAP_TIMEOUT: _timeout, ...env } = process.env
  return run(program, args, { cwd: folder, env })
}

/** Whether a program is installed. */
export const has = (program: string, ...args: string[]): Promise<boolean> =>
  run(program, args).then(
    () => true,
    () => false
  )
