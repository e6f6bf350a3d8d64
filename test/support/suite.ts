import { register } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { filesOfSuite } from './suites.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

declare global {
  var testsOfFiles: Map<string, Test>
}

/** Runs test files sequentially in this process: a process per file would take half of the time of all tests. */
export const runSuite = async (name: string): Promise<void> => {
  const files = filesOfSuite(name)
  const urls = files.map(file => pathToFileURL(root + file).href)
  globalThis.testsOfFiles = new Map()
  register('./suite-hooks.mjs', { parentURL: import.meta.url, data: { urls } })
  for (const [index, url] of urls.entries())
    await t.test(files[index] ?? '', async t => {
      globalThis.testsOfFiles.set(url, t)
      await import(url)
    })
}
