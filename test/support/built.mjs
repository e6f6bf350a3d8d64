// Runs tests against the build: `node --import=tsx --import=./test/support/built.mjs test/x.ts`. Imports from src/ and routes/
// are replaced by the modules of dist/, and src/index.ts by the library of the packed package.
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

/** Tests that start the command as a process need not build it. */
process.env.TESTS_RUN_THE_BUILD = '1'

// Records the lazily loaded files that the shipped code has loaded in this process, not counting tests. `npm test` fails if no
// test has loaded a file.
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
