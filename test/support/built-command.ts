import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Whether the tests run against dist/, with built.mjs. */
export const againstBuild = process.env.TESTS_RUN_THE_BUILD === '1'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The path of the built command. It is built first, unless the tests run against dist/, which other tests are reading. */
export const builtCommand = async (): Promise<string> => {
  if (!againstBuild) await promisify(execFile)(process.execPath, ['build.mjs', '--code'], { cwd: root })
  return `${root}dist/main.js`
}
