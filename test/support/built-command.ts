import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Whether the tests run against dist/, as built.mjs lets them. */
export const againstBuild = process.env.TESTS_RUN_THE_BUILD === '1'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The file of the built command. It is built now, unless the tests run against dist/ anyway: others are reading it then. */
export const builtCommand = async (): Promise<string> => {
  if (!againstBuild) await promisify(execFile)(process.execPath, ['build.mjs', '--code'], { cwd: root })
  return `${root}dist/main.js`
}
