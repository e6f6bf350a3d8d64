import { readdirSync, statSync } from 'node:fs'
import { register } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'

const root = fileURLToPath(new URL('../../', import.meta.url))

declare global {
  var testsOfFiles: Map<string, Test>
}

/**
 * Runs test files one after the other in this process, as starting a process for each would take half of the time of all
 * tests. A folder stands for the files in it, at any depth.
 */
export const runSuite = async (...paths: readonly string[]): Promise<void> => {
  const files = paths.flatMap(filesIn)
  const urls = files.map(file => pathToFileURL(root + file).href)
  globalThis.testsOfFiles = new Map()
  register('./suite-hooks.mjs', { parentURL: import.meta.url, data: { urls } })
  for (const [index, url] of urls.entries())
    await t.test(files[index] ?? '', async t => {
      globalThis.testsOfFiles.set(url, t)
      await import(url)
    })
}

/** The test files of a path, relative to the root of the repository. */
export const filesIn = (path: string): string[] => {
  if (statSync(root + path).isFile()) return [path]
  return readdirSync(root + path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `${path}/${name}`)
    .sort()
}
