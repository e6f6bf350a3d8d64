// Lets tests run against the built files: `node --import=tsx --import=./test/support/built.mjs test/x.ts`. Whatever a test imports
// of src/ and routes/ is then the same module out of dist/, and src/index.ts is the library of the packed package. Without it they run
// against the source.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire, register } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

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

// Which of the files that are loaded lazily this process has loaded: `npm test` fails where no test has loaded one.
const loaded = fileURLToPath(new URL('.tap/loaded/', root))
process.on('exit', () => {
  const chunks = Object.keys(require.cache).filter(file => /[\\/]dist[\\/]chunks[\\/]/.test(file))
  mkdirSync(loaded, { recursive: true })
  writeFileSync(
    `${loaded}${process.pid}.txt`,
    chunks.map(file => pathToFileURL(file).href.replace(/.*\//, '')).join('\n')
  )
})
