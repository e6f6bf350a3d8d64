// Module hooks of built.mjs: replace imports of source files by their modules in the bundle.
import { fileURLToPath } from 'node:url'

let given

export const initialize = data => {
  given = data
}

export const resolve = async (specifier, context, nextResolve) => {
  const file = fileOf(specifier, context.parentURL)
  if (file === undefined) return nextResolve(specifier, context)
  return { url: `built:${file}`, shortCircuit: true }
}

export const load = async (url, context, nextLoad) => {
  if (!url.startsWith('built:')) return nextLoad(url, context)
  return { format: 'module', source: sourceOf(url.slice('built:'.length)), shortCircuit: true }
}

/** The path of an imported source file; undefined for other modules. */
const fileOf = (specifier, parent) => {
  if (!/^(?:\.|file:)/.test(specifier) || !parent?.startsWith('file:')) return undefined
  const { href } = new URL(specifier, parent)
  if (!href.startsWith(given.root)) return undefined
  const file = decodeURIComponent(href.slice(given.root.length)).replace(/\?.*$/, '').replace(/\.js$/, '.ts')
  return Object.hasOwn(given.exportsOf, file) ? file : undefined
}

const sourceOf = file => {
  const library = file === 'src/index.ts'
  const names = given.exportsOf[file].filter(name => name !== 'default')
  const module = given.lazy.includes(file) ? `await built.lazy['${file}']()` : `built.modules['${file}']`
  return `import { createRequire } from 'node:module'
const require = createRequire('${given.root}')
const built = require('./dist/modules.js')
const module = ${library ? `require('${fileURLToPath(given.packed)}')` : module}
${names.map(name => `export const ${name} = module.${name}`).join('\n')}
`
}
