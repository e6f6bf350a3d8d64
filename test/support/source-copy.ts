import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { printed } from './checkout.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A copy of the source in which a test follows CONTRIBUTING.md. */
export interface SourceCopy {
  read(path: string): Promise<string>
  write(path: string, text: string): Promise<void>
  /** Adds lines below the line `after`, or the first that begins so. Throws without one: then the page is about another file. */
  insert(path: string, after: string, lines: string): Promise<void>
  /** What Node.js prints of a program of the copy. */
  node(...args: string[]): Promise<string>
}

/** Outside of the repository, whose ignored folders the formatter leaves alone; until the test is over. */
export const sourceCopy = async (t: Test, parts: readonly string[]): Promise<SourceCopy> => {
  const copy = await mkdtemp(`${tmpdir()}/contributing-`)
  t.teardown(() => rm(copy, { recursive: true }))
  for (const part of parts) await cp(`${root}${part}`, `${copy}/${part}`, { recursive: true })
  await symlink(`${root}node_modules`, `${copy}/node_modules`)
  const read = (path: string) => readFile(`${copy}/${path}`, 'utf8')
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(`${copy}/${path}`.replace(/[^/]*$/, ''), { recursive: true })
    await writeFile(`${copy}/${path}`, text)
  }
  return {
    read,
    write,
    insert: async (path, after, lines) => {
      const text = await read(path)
      const all = text.split('\n')
      const place = all.find(line => line === after) ?? all.find(line => line.startsWith(after))
      if (place === undefined) throw new Error(`${path} has no line ${after}`)
      await write(path, `\n${text}`.replace(`\n${place}\n`, () => `\n${place}\n${lines}\n`).slice(1))
    },
    node: (...args) => printed(copy, process.execPath, ...args)
  }
}
