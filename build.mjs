// Builds dist/: the command, the library, the licences of what is bundled and, unless --code asks for no more, the library's
// types. What is seldom used stands in chunks of its own.
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { build, transform } from 'esbuild'

const codeOnly = process.argv.includes('--code')

/** Fastify would load them for routes that have schemas, and none here has: they stay out. */
const external = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler']

/**
 * An entry for tests, that no package and no image holds: every module of ours as it stands in the bundle, by its file's name.
 * What the bundle loads lazily, this loads lazily too.
 */
const modules = {
  name: 'modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^modules$/ }, () => ({ path: 'modules', namespace: 'modules' }))
    onLoad({ filter: /.*/, namespace: 'modules' }, async () => {
      const all = (await Promise.all(['src', 'routes'].map(sourcesIn))).flat()
      const texts = await Promise.all(all.map(file => readFile(file, 'utf8')))
      const lazy = new Set(all.flatMap((file, index) => lazyImports(file, texts[index])))
      const files = all.filter(
        file => file !== 'src/main.ts' && file !== 'src/index.ts' && !file.startsWith('src/dashboard/')
      )
      const lines = files.map((file, index) =>
        lazy.has(file)
          ? `lazy['${file}'] = () => import('./${file}')`
          : `import * as m${index} from './${file}'; modules['${file}'] = m${index}`
      )
      return { contents: `export const modules = {}, lazy = {}\n${lines.join('\n')}`, resolveDir: '.' }
    })
  }
}

const sourcesIn = async folder =>
  (await readdir(folder, { recursive: true }))
    .filter(file => file.endsWith('.ts'))
    .map(file => join(folder, file))
    .sort()

/** The files that a file of ours loads lazily. */
const lazyImports = (file, text) =>
  [...text.matchAll(/(?<!typeof )\bimport\('(\.[^']+)\.js'\)/g)].map(([, path]) => `${join(dirname(file), path)}.ts`)

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
    plugins: [modules],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    write: false,
    metafile: true
  })

/** CommonJS files, as only ES modules can be split and CommonJS loads several times faster. */
const code = async entryPoints => {
  const { outputFiles, metafile } = await bundle(entryPoints)
  await Promise.all(
    ['chunks', 'main.js', 'index.js', 'modules.js', 'modules.json'].map(old =>
      rm(`dist/${old}`, { recursive: true, force: true })
    )
  )
  for (const { path, text } of outputFiles) {
    const code = await asCommonJs(text)
    await put(relative('.', path), path.endsWith('dist/main.js') ? await guarded(code) : code)
  }
  await chmod('dist/main.js', 0o755)
  await put('dist/package.json', '{ "type": "commonjs" }\n')
  return metafile
}

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

/**
 * Which files are loaded lazily, with their exports, for tests. Throws where a package is: of a CommonJS one, as of any in such
 * a bundle, only `default` would be there. A file of ours that exports the names that are needed stands between.
 */
const lazyFiles = async ({ inputs, outputs }) => {
  for (const [file, { imports }] of Object.entries(inputs))
    for (const { path, kind } of imports)
      if (kind === 'dynamic-import' && path.includes('node_modules/'))
        throw new Error(`${file} loads the package ${path} lazily: let it load a file of ours that imports the names`)
  const entries = Object.entries(outputs).filter(
    ([path, { entryPoint }]) => entryPoint && (path.startsWith('dist/chunks/') || path === 'dist/index.js')
  )
  const files = entries.map(([chunk, { entryPoint, exports }]) => [entryPoint, { chunk: basename(chunk), exports }])
  await put('dist/modules.json', `${JSON.stringify(Object.fromEntries(files), undefined, 2)}\n`)
}

/** Throws where the entry for tests has code of its own: then tests would run what no package holds. Types are no code. */
const onlyShipped = async ({ outputs }) => {
  const { 'modules:modules': _names, ...inputs } = outputs['dist/modules.js'].inputs
  for (const file of Object.keys(inputs))
    if ((await transform(await readFile(file, 'utf8'), { loader: 'ts' })).code.trim() !== '')
      throw new Error(`${file} is imported by nothing that ships: import it, or take it away`)
}

/** The licence of every package that stands in the bundles. */
const licences = async ({ inputs }) => {
  const files = Object.keys(inputs)
  const folders = new Set(files.flatMap(file => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
  const texts = await Promise.all([...folders].sort().map(licence))
  await put('dist/THIRD-PARTY.txt', `What is bundled here of others, and by which licence.\n${texts.join('')}`)
}

const licence = async folder => {
  const { name, version, license, author } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const file = (await readdir(folder)).find(each => /^licen[cs]e/i.test(each))
  if (!file && license !== 'MIT') throw new Error(`${folder} has no text of its licence, ${license}`)
  const text = file
    ? await readFile(`${folder}/${file}`, 'utf8')
    : await mit(author?.name ?? author ?? `the authors of ${name}`)
  return `\n${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text.trim()}\n`
}

/** The text of the MIT licence, for a package that names it and brings no copy. */
const mit = async holder => (await readFile('LICENSE', 'utf8')).replace(/^Copyright .*$/m, `Copyright (c) ${holder}`)

const put = async (path, text) => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** Names of methods that only Preact's class components have, and of the dashboard's own objects, which stand in no JSON and in no browser: short ones do. */
const ownNames =
  /^(UNSAFE_\w+|component[WD]\w+|getDerived\w+|getSnapshot\w+|getChildContext|shouldComponentUpdate|debounceRendering|contextType|notice|mostLanes|choose|Rows|model|actions|changed|shown|paused|opened|steer|endSession|openSession|copyToken|copyText|shippedScenarios|scenarioText|applyScenario|clearRequests|keepDetail|addAll|nowOf|heardAt|mostCharacters|connection|setDraft|draft|found|onEvent|onOpen|lastId|isOpen|marks|ticks|lanes|loadRows|unlock|refresh|picture|expires|older|told|edit|lane)$/

/** The dashboard: a page for browsers, that the server reads from here when it is asked for. */
const dashboard = async () => {
  const { metafile } = await build({
    entryPoints: { dashboard: 'src/dashboard/main.tsx' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    tsconfigRaw: {},
    minify: true,
    charset: 'utf8',
    mangleProps: ownNames,
    // Shorter calls than those of the automatic runtime.
    jsx: 'transform',
    jsxFactory: 'h',
    jsxFragment: 'Fragment',
    inject: ['src/dashboard/jsx.ts'],
    legalComments: 'none',
    outdir: 'dist/dashboard',
    metafile: true
  })
  const style = await readFile('dist/dashboard/dashboard.css', 'utf8')
  await put('dist/dashboard/dashboard.css', withShortVariables(style))
  await put('dist/dashboard/index.html', await readFile('src/dashboard/index.html', 'utf8'))
  return metafile
}

/** Custom properties by short names: no script knows them. */
const withShortVariables = style => {
  const names = [...new Set(style.match(/--[a-z-]+/g))]
  return style.replace(/--[a-z-]+/g, name => `--${names.indexOf(name).toString(36)}`)
}

const pageMetafile = await dashboard()
const metafile = await code({ main: 'src/main.ts', index: 'src/index.ts', modules: 'modules' })
await Promise.all([
  onlyShipped(metafile),
  face(metafile),
  lazyFiles(metafile),
  licences({ inputs: { ...metafile.inputs, ...pageMetafile.inputs } }),
  ...(codeOnly ? [] : [types()])
])
