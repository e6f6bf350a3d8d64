// Builds dist/: the command and, unless --command asks for no more, the library with its types, and the licences of what is
// bundled. What is seldom used stands in chunks of its own.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { build, transform } from 'esbuild'

const commandOnly = process.argv.includes('--command')

const common = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outdir: 'dist',
  legalComments: 'none'
}

/** The command, as ES modules. */
const command = async () => {
  await rm('dist/chunks', { recursive: true, force: true })
  const { metafile } = await build({
    ...common,
    entryPoints: { main: 'src/main.ts' },
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
    }
  })
  return metafile
}

/**
 * The library, as CommonJS that both kinds of module share, so that a process has it once. Only ES modules can be split: each
 * of their files is made a CommonJS one.
 */
const library = async () => {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { index: 'src/index.ts' },
    chunkNames: 'library/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    write: false,
    metafile: true
  })
  const [face] = Object.values(metafile.outputs).flatMap(({ entryPoint, exports }) =>
    entryPoint === 'src/index.ts' ? [exports] : []
  )
  await rm('dist/library', { recursive: true, force: true })
  await Promise.all(outputFiles.map(async ({ path, text }) => put(path, await asCommonJs(text))))
  await put('dist/index.js', `import library from './index.cjs'\n\nexport const { ${face.join(', ')} } = library\n`)
  return metafile
}

const asCommonJs = async text => {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' }
  })
  return code.includes('__url') ? `const __url = require('node:url').pathToFileURL(__filename).href\n${code}` : code
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
const licences = async metafiles => {
  const files = metafiles.flatMap(({ inputs }) => Object.keys(inputs))
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

const bundled = await command()
if (!commandOnly) {
  const [alsoBundled] = await Promise.all([library(), types()])
  await licences([bundled, alsoBundled])
}
