// Runs tests: `node --import=tsx test/run.ts [PART...]`, a part being a name below, a folder or a file. Without one, the gate.
// A single file needs none of this: `node --import=tsx test/routes/hcx.ts`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, resolve } from 'node:path'
import { Parser, type Result } from 'tap-parser'
import { pack } from './support/shipped.js'

interface Part {
  readonly folders: readonly string[]
  readonly except?: RegExp
  /** The files have a process each, and use the package, which is packed first. */
  readonly shipped?: true
}

const parts: Readonly<Record<string, Part>> = {
  unit: { folders: ['test'], except: /^test\/(?:shipped|scale|support|fixtures|docs|fuzz|run\.ts|mutants\.ts)/ },
  shipped: { folders: ['test/shipped'], shipped: true },
  scale: { folders: ['test/scale'], shipped: true }
}
const gate = ['unit', 'shipped']

/** Files that share a process. It loads the source in about a second: few batches, but enough to occupy every processor. */
const batchSize = 24

interface Batch {
  readonly name: string
  readonly shipped: boolean
  readonly files: readonly string[]
}

interface Outcome {
  readonly passed: number
  readonly failed: number
}

const batchesOf = (name: string): Batch[] => {
  const { folders, except, shipped } = parts[name] ?? partOf(name)
  const files = folders.flatMap(folder => filesIn(folder)).filter(file => !except?.test(file))
  if (files.length === 0) throw new Error(`there is no test file in ${name}`)
  if (shipped) return files.map(file => ({ name: file, files: [file], shipped: true }))
  const count = Math.ceil(files.length / batchSize)
  return Array.from({ length: count }, (_, index) => ({
    name: count === 1 ? name : `${name} ${index + 1}/${count}`,
    files: files.filter((_, position) => position % count === index),
    shipped: false
  }))
}

/** A folder or a file, as given on the command line. */
const partOf = (path: string): Part => ({
  folders: [path.replace(/\/$/, '')],
  ...(/^test\/(?:shipped|scale)/.test(path) && { shipped: true })
})

const filesIn = (path: string, ending = '.ts'): string[] => {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => `${path}/${name}`)
    .sort()
}

const play = async ({ name, files, shipped }: Batch): Promise<Outcome> => {
  if (shipped) await packed
  const begin = performance.now()
  // Each test has a limit of its own (batch.ts), a batch has none.
  const child = spawn(process.execPath, ['--import=tsx', 'test/support/batch.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TEST_FILES: files.join('\n'),
      TAP: '1',
      TAP_TIMEOUT: '0',
      ...(shipped ? { PACKED_PACKAGE: '1', NODE_OPTIONS: recording } : coverage)
    }
  })
  const errors: Buffer[] = []
  child.stderr.on('data', chunk => errors.push(chunk))
  const parser = new Parser()
  const results = resultsOf(parser)
  child.stdout.pipe(parser)
  const [[{ ok }], [code]] = await Promise.all([once(parser, 'complete'), once(child, 'exit')])
  const faults = results.failed.map(faultOf)
  if ((!ok || code !== 0) && faults.length === 0)
    faults.push(`not ok - ${name}: the process ended with code ${code} before all tests had ended\n`)
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  const verdict = faults.length === 0 ? 'ok' : `NOT OK, ${faults.length} failed`
  process.stdout.write(`${faults.join('')}${name}: ${verdict}, ${results.passed} passed, ${seconds} s\n`)
  if (faults.length > 0) process.stderr.write(Buffer.concat(errors))
  return { passed: results.passed, failed: faults.length }
}

/** The assertions of a test and of its subtests. A test that fails is reported by the assertions in it, if one of them failed. */
const resultsOf = (parser: Parser): { passed: number; readonly failed: Result[] } => {
  const results = { passed: 0, failed: [] as Result[] }
  const read = (parent: Parser): void => {
    let inside: boolean | undefined
    parent.on('child', (child: Parser) => {
      child.on('complete', ({ ok }) => {
        inside = ok
      })
      read(child)
    })
    parent.on('assert', (result: Result) => {
      const ofSubtest = inside
      inside = undefined
      if (result.skip || result.todo) return
      if (!result.ok && ofSubtest !== false) results.failed.push(result)
      if (result.ok && ofSubtest === undefined) results.passed += 1
    })
  }
  read(parser)
  return results
}

const faultOf = ({ fullname, name, diag }: Result): string => {
  const { at, diff, stack, source: _source, compare: _compare, tapCaught: _caught, ...rest } = diag ?? {}
  const more = Object.keys(rest).length > 0 ? JSON.stringify(rest, undefined, 2) : ''
  const lines = [`not ok - ${fullname}${fullname.endsWith(name) ? '' : ` > ${name}`}`, placeOf(at), diff ?? stack, more]
  return `${lines.filter(Boolean).join('\n').trimEnd()}\n\n`
}

const placeOf = (at?: { fileName?: string; lineNumber?: number }): string =>
  at?.fileName ? `at ${at.fileName}:${at.lineNumber}` : ''

const names = process.argv.slice(2)
const batches = (names.length > 0 ? names : gate).flatMap(batchesOf)
const total = { passed: 0, failed: 0 }
const recording = `--require ${resolve('test/support/loaded-files.cjs')}`
const loaded = '.tap/loaded'
/** COVERAGE=1: of the source, for `npm run coverage`. */
const coverage = process.env.COVERAGE === '1' && { NODE_V8_COVERAGE: '.tap/coverage' }
for (const folder of [loaded, '.tap/coverage']) rmSync(folder, { recursive: true, force: true })
const packed = batches.some(({ shipped }) => shipped) ? pack() : undefined

const waiting = [...batches]
const work = async (): Promise<void> => {
  for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
    const { passed, failed } = await play(batch)
    total.passed += passed
    total.failed += failed
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work))
if (names.length === 0) reportUnloaded()
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed > 0 ? 1 : 0

/** Each file of the package is loaded by a process of the tests in test/shipped: what is bundled wrongly often fails as it loads. */
function reportUnloaded(): void {
  const files = new Set(readdirSync(loaded).flatMap(file => readFileSync(`${loaded}/${file}`, 'utf8').split('\n')))
  for (const file of filesIn('.tap/packed/package/dist', '.js'))
    if (!files.has(basename(file)) && !file.includes('/dashboard/')) {
      total.failed += 1
      process.stdout.write(`not ok - no test in test/shipped loads ${file}\n`)
    }
}
