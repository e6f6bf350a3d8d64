// The entry of the bundle for tests: every module of src/ and routes/ by file name. Lazily imported files are lazy here too.
// This entry is in no package and no image.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { transform } from 'esbuild'

export const writeTestEntry = async path => {
  const files = (await Promise.all(['src', 'routes'].map(sourcesIn))).flat()
  const lazy = new Set((await Promise.all(files.map(lazyImportsIn))).flat())
  const lines = files.filter(isModule).map((file, index) => {
    const from = JSON.stringify(join('..', file))
    const key = JSON.stringify(file)
    return lazy.has(file)
      ? `lazy[${key}] = () => import(${from})`
      : `import * as m${index} from ${from}; modules[${key}] = m${index}`
  })
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `export const modules = {}, lazy = {}\n${lines.join('\n')}\n`)
}

/** The dashboard has its own bundle, and the entries of the package run on import. */
const isModule = file => !['src/main.ts', 'src/index.ts'].includes(file) && !file.startsWith('src/dashboard/')

const sourcesIn = async folder =>
  (await readdir(folder, { recursive: true }))
    .filter(file => file.endsWith('.ts'))
    .map(file => join(folder, file))
    .sort()

const lazyImportsIn = async file =>
  [...(await readFile(file, 'utf8')).matchAll(/(?<!typeof )\bimport\('(\.[^']+)\.js'\)/g)].map(
    ([, path]) => `${join(dirname(file), path)}.ts`
  )

/** The chunk and the exports of each lazily imported file, and of the library. */
export const lazyModules = ({ outputs }) => {
  const modules = Object.entries(outputs)
    .filter(([path, { entryPoint }]) => entryPoint && (path.startsWith('dist/chunks/') || path === 'dist/index.js'))
    .map(([path, { entryPoint, exports }]) => [entryPoint, { chunk: basename(path), exports }])
  return `${JSON.stringify(Object.fromEntries(modules), undefined, 2)}\n`
}

/**
 * Throws for a file with code that is only in this entry: tests would run code that is not in the package. Types are not code.
 */
export const checkShipped = async ({ outputs }, entry) => {
  const { [entry]: _entry, ...inputs } = outputs['dist/modules.js'].inputs
  for (const file of Object.keys(inputs))
    if ((await transform(await readFile(file, 'utf8'), { loader: 'ts' })).code.trim() !== '')
      throw new Error(`${file} is imported by nothing that ships: import it or delete it`)
}
