import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { shippedCommand } from './shipped.js'

const root = new URL('../../', import.meta.url).pathname
const shell = promisify(execFile)

/** The blocks of commands in a page, with their documented output. */
export const blocksOf = (page: string): { readonly commands: string; readonly answer: string | undefined }[] =>
  [...readFileSync(`${root}${page}`, 'utf8').matchAll(/^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/gms)].map(
    ([, commands = '', answer]) => ({ commands, answer })
  )

/** The output of commands in a folder, with `session-mock` as the command of this version. Throws if one fails. */
export const printedIn = async (t: Test, folder: string, commands: string): Promise<string> => {
  const bin = mkdtempSync(join(tmpdir(), 'bin-'))
  t.teardown(() => rmSync(bin, { recursive: true, force: true }))
  const main = await shippedCommand()
  const command = `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`
  writeFileSync(`${bin}/session-mock`, command, { mode: 0o755 })
  // A nested test runner would regard itself as a part of this one.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env
  const { stdout } = await shell('bash', ['-ec', commands], {
    cwd: folder,
    env: { ...env, PATH: `${bin}:${process.env.PATH}` }
  })
  return stdout.trim()
}

/** The pattern of a documented output, in which `…` matches any value. */
export const patternOf = (answer: string): RegExp =>
  new RegExp(
    `^${answer
      .trim()
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('…', '[^"<,]+')}$`
  )
