import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const root = new URL('../../', import.meta.url).pathname
const shell = promisify(execFile)

/** Every block of commands in a page, and what is said to come back. */
export const blocksOf = (page: string): { readonly commands: string; readonly answer: string | undefined }[] =>
  [...readFileSync(`${root}${page}`, 'utf8').matchAll(/^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/gms)].map(
    ([, commands = '', answer]) => ({ commands, answer })
  )

/** What commands print in a folder, where `session-mock` is the command of this version. Throws where one fails. */
export const printedIn = async (t: Test, folder: string, commands: string): Promise<string> => {
  const bin = mkdtempSync(join(tmpdir(), 'bin-'))
  t.teardown(() => rmSync(bin, { recursive: true, force: true }))
  const command = `#!/bin/sh\nexec "${process.execPath}" "${root}test/support/main.mjs" "$@"\n`
  writeFileSync(`${bin}/session-mock`, command, { mode: 0o755 })
  // A runner of tests in a runner of tests would be taken for a part of it.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env
  const { stdout } = await shell('bash', ['-ec', commands], {
    cwd: folder,
    env: { ...env, PATH: `${bin}:${process.env.PATH}` }
  })
  return stdout.trim()
}

/** A pattern for what is said to come back: `…` stands for what differs each time. */
export const patternOf = (answer: string): RegExp =>
  new RegExp(
    `^${answer
      .trim()
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('…', '[^"<,]+')}$`
  )
