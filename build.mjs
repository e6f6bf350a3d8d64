// Builds dist/: the command, the library, the licences of what is bundled and, unless --code asks for no more, the library's
// types. What is seldom used stands in chunks of its own.
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { build, transform } from 'esbuild'

const codeOnly = process.argv.includes('--code')

/** Fastify would load them for routes that have schemas, and none here has: they stay out. */
const external = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler']

/** What these packages load at once and use, if ever, later: until then a stand-in does. */
const seldom = { commander: ['node:child_process'], fastify: ['node:https', 'node:http2', 'node:dns', 'semver'] }

const later = {
  name: 'later',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(?:${Object.values(seldom).flat().join('|')})$`)
    onResolve({ filter }, ({ path, importer, namespace, resolveDir }) => {
      if (namespace === 'later') return undefined
      const [, name] = /.*node_modules[/\\]([^/\\]+)/.exec(importer) ?? []
      return seldom[name]?.includes(path) ? { path, namespace: 'later', pluginData: resolveDir } : undefined
    })
    onLoad({ filter: /.*/, namespace: 'later' }, ({ path, pluginData: resolveDir }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require('${path}')[name] })`,
      resolveDir
    }))
  }
}

/** What esbuild is to make of these entries, in memory, and what it made it of. */
const bundle = entryPoints =>
  build({
    entryPoints,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external,
    plugins: [later],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    write: false,
    metafile: true
  })

/**
 * The command and the library, in one piece of code that both kinds of module share. Only ES modules can be split, and only
 * CommonJS ones load in no time: each of their files is made one, and what a start loads anyway is put into few files.
 */
const code = async entryPoints => {
  const { outputFiles, metafile } = await bundle(entryPoints)
  const packs = packsOf(metafile)
  const packed = new Map()
  for (const { path, text } of outputFiles) {
    const file = relative('.', path)
    const code = viaPacks(await asCommonJs(text), dirname(file), packs)
    const pack = packs.get(basename(file))
    if (pack === undefined) packed.set(file, file === 'dist/main.js' ? await guarded(code) : code)
    else packed.set(pack, [...(packed.get(pack) ?? []), [basename(file), code]])
  }
  await Promise.all(['chunks', 'main.js', 'index.js'].map(old => rm(`dist/${old}`, { recursive: true, force: true })))
  for (const [file, content] of packed) await put(file, typeof content === 'string' ? content : packOf(content))
  await chmod('dist/main.js', 0o755)
  await put('dist/package.json', '{ "type": "commonjs" }\n')
  return metafile
}

/** What is loaded, one after the other, until the first request is answered. */
const stages = ['src/main.ts', 'src/command/serve.ts', 'src/mount.ts']

/** Packs by the names of the chunks in them: for each stage what it loads first, apart from what the library loads too. */
const packsOf = ({ outputs }) => {
  const reached = (path, known = new Set()) => {
    known.add(path)
    for (const { path: next, kind } of outputs[path].imports)
      if (kind === 'import-statement' && outputs[next] && !known.has(next)) reached(next, known)
    return known
  }
  const reachedFrom = source => reached(Object.keys(outputs).find(path => outputs[path].entryPoint === source))
  const shared = reachedFrom('src/index.ts')
  const packs = new Map()
  for (const stage of stages)
    for (const path of reachedFrom(stage))
      if (path.startsWith('dist/chunks/') && !packs.has(basename(path)))
        packs.set(basename(path), `dist/chunks/${basename(stage, '.ts')}${shared.has(path) ? '-shared' : ''}.js`)
  return packs
}

/** The code of a file in that folder, which asks the packs for the chunks that are in them. */
const viaPacks = (code, folder, packs) =>
  code.replace(/\brequire\("\.\/(?:chunks\/)?([^"/]+)"\)/g, (required, name) => {
    const pack = packs.get(name)
    return pack === undefined ? required : `require("./${relative(folder, pack)}")("${name}")`
  })

/** A file of several chunks, each run when it is first asked for. In parentheses, V8 compiles a function at once, and not twice. */
const packOf = chunks => `const chunks = {
${chunks.map(([name, code]) => `"${name}": (function (module, exports) {${code}\n})`).join(',\n')}
}
const made = {}
module.exports = name => {
  if (!made[name]) chunks[name]((made[name] = { exports: {} }), made[name].exports)
  return made[name].exports
}
`

/** Before anything else is loaded, a Node.js that is too old is told so; the check itself is syntax that every Node.js reads. */
const guarded = async code => {
  const { engines } = JSON.parse(await readFile('package.json', 'utf8'))
  const [, major, minor] = /(\d+)\.(\d+)/.exec(engines.node)
  const [, shebang, rest] = /^(#!.*\n)?([\s\S]*)$/.exec(code)
  return `${shebang}var v=process.versions.node.split('.');if(v[0]<${major}||v[0]==${major}&&v[1]<${minor}){console.error('session-mock: Node.js ${major}.${minor} or later is needed; this is '+process.version);process.exit(2)}
${rest}`
}

const asCommonJs = async text => {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    minifyWhitespace: true,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' }
  })
  if (!code.includes('__url')) return code
  const [, shebang = '', rest = ''] = /^(#!.*\n)?([\s\S]*)$/.exec(code) ?? []
  return `${shebang}const __url=require('node:url').pathToFileURL(__filename).href;${rest}`
}

/** The library's face for those who import it. */
const face = async ({ outputs }) => {
  const [names = []] = Object.values(outputs).flatMap(({ entryPoint, exports }) =>
    entryPoint === 'src/index.ts' ? [exports] : []
  )
  await put('dist/index.mjs', `import library from './index.js'\n\nexport const { ${names.join(', ')} } = library\n`)
}

/** The types that can be reached from the library's face, in a folder for each of the two kinds of module. */
const types = async () => {
  const { default: ts } = await import('typescript')
  const compilerOptions = { isolatedDeclarations: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext }
  const declared = new Map()
  const declare = async file => {
    if (declared.has(file)) return
    const { outputText, diagnostics = [] } = ts.transpileDeclaration(await readFile(file, 'utf8'), {
      compilerOptions,
      fileName: file,
      reportDiagnostics: true
    })
    if (diagnostics.length > 0)
      throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(diagnostics[0].messageText, '\n')}`)
    declared.set(file, outputText)
    for (const [, from] of outputText.matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)) {
      if (!from.startsWith('.')) throw new Error(`${file}: the library's types reach ${from}`)
      await declare(join(dirname(file), from.replace(/\.js$/, '.ts')))
    }
  }
  await declare('src/index.ts')
  await rm('dist/types', { recursive: true, force: true })
  for (const [folder, type] of [
    ['dist/types/esm', 'module'],
    ['dist/types/cjs', 'commonjs']
  ]) {
    await put(`${folder}/package.json`, `${JSON.stringify({ type })}\n`)
    for (const [file, text] of declared) await put(join(folder, relative('src', file).replace(/\.ts$/, '.d.ts')), text)
  }
}

/** The licence of every package that stands in the bundles. */
const licences = async ({ inputs }) => {
  const files = Object.keys(inputs)
  const folders = new Set(files.flatMap(file => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
  const texts = await Promise.all([...folders].sort().map(licence))
  await put('dist/THIRD-PARTY.txt', `What is bundled here of others, and by which licence.\n${texts.join('')}`)
}

const licence = async folder => {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const file = (await readdir(folder)).find(each => /^licen[cs]e/i.test(each))
  const text = file ? await readFile(`${folder}/${file}`, 'utf8') : ''
  return `\n${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text.trim()}\n`
}

const put = async (path, text) => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

const metafile = await code({ main: 'src/main.ts', index: 'src/index.ts' })
await Promise.all([face(metafile), licences(metafile), ...(codeOnly ? [] : [types()])])
