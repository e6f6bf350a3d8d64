// Lets tests run against the built files: `node --import=tsx --import=./test/support/built.mjs test/x.ts`. Whatever a test imports
// of src/ and routes/ is then the same module out of dist/, and src/index.ts is the library of the packed package. Without it they run
// against the source.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import Module, { createRequire, register } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const require = createRequire(root)
const { 'src/index.ts': library, ...lazy } = JSON.parse(readFileSync(new URL('dist/modules.json', root), 'utf8'))
const { modules } = require('./dist/modules.js')
const packed = new URL('.tap/packed/package/dist/index.js', root)

const exportsOf = Object.fromEntries([
  ['src/index.ts', library.exports],
  ...Object.entries(modules).map(([file, module]) => [file, Object.keys(module)]),
  ...Object.entries(lazy).map(([file, { exports }]) => [file, exports])
])

register('./built-hooks.mjs', {
  parentURL: import.meta.url,
  data: { root: root.href, exportsOf, lazy: Object.keys(lazy), packed: packed.href }
})

/** Tests that start the command in a process of its own need not build it. */
process.env.TESTS_RUN_THE_BUILD = '1'

// Which of the files that are loaded lazily this process has loaded, by the code that ships and not by a test alone: `npm test` fails
// where no test has brought it to load one.
const chunks = new Set(Object.values(lazy).map(({ chunk }) => chunk))
const loaded = new Set()
const { require: load } = Module.prototype
Module.prototype.require = function (id) {
  const name = basename(id)
  if (chunks.has(name) && basename(this.filename) !== 'modules.js') loaded.add(name)
  return load.call(this, id)
}
const folder = fileURLToPath(new URL('.tap/loaded/', root))
process.on('exit', () => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}${process.pid}.txt`, [...loaded].join('\n'))
})
