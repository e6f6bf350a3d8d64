// Proves that the gate can fail: plants each fault of mutants.yaml in a copy of the repository, and runs the tests there.
// `npm run mutants [-- WORD...]`: those with a word in their name. Results are kept in .tap/mutants.json, so that an interrupted
// run goes on where it was; a changed fault or source is tried again.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'

interface Mutant {
  /** What is wrong with the product then. */
  readonly name: string
  /** A text that occurs once in src and routes. */
  readonly find: string
  readonly replace: string
  /** Tests to run first: a folder or a file. The whole gate is run if they pass. */
  readonly tests: string
  /** Part of the name of a test that must fail, as an expression: it names the kind of fault. */
  readonly kind: string
}

type Verdict = 'caught' | 'caught by a test of another name' | 'survived' | 'cannot be planted'

interface Result {
  readonly hash: string
  readonly verdict: Verdict
  readonly by: readonly string[]
}

const file = 'test/mutants.yaml'
const kept = '.tap/mutants.json'
const folders = ['src', 'routes']
const copied = [
  'package.json',
  'tsconfig.json',
  'README.md',
  'CONTRIBUTING.md',
  'ARCHITECTURE.md',
  'SECURITY.md',
  'CHANGELOG.md'
]
const copiedFolders = [...folders, 'scenarios', 'test', 'scripts', 'docs', 'clients', 'examples']

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(?:ts|tsx)$/.test(name))
    .map(name => join(folder, name))

const words = process.argv.slice(2)
const mutants = (parse(readFileSync(file, 'utf8')) as Mutant[]).filter(
  ({ name }) => words.length === 0 || words.some(word => name.includes(word))
)
const sources = new Map(folders.flatMap(filesIn).map(path => [path, readFileSync(path, 'utf8')]))
const sourceHash = createHash('sha256')
  .update(JSON.stringify([...sources]))
  .digest('hex')
const results: Record<string, Result> = readKept()

const copy = mkdtempSync(join(tmpdir(), 'mutants-'))
try {
  for (const name of copied) cpSync(name, join(copy, name))
  for (const name of copiedFolders) cpSync(name, join(copy, name), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'))
  for (const mutant of mutants) {
    const hash = createHash('sha256')
      .update(JSON.stringify([sourceHash, mutant]))
      .digest('hex')
    if (results[mutant.name]?.hash !== hash) {
      results[mutant.name] = { hash, ...play(mutant) }
      mkdirSync('.tap', { recursive: true })
      writeFileSync(kept, JSON.stringify(results, undefined, 2))
    }
    const { verdict, by } = results[mutant.name] as Result
    process.stdout.write(`${verdict}: ${mutant.name}${by[0] ? ` (${by[0]})` : ''}\n`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
const caught = mutants.filter(({ name }) => results[name]?.verdict === 'caught').length
process.stdout.write(`${caught} of ${mutants.length} planted faults are caught by a test that names the kind\n`)
process.exitCode = caught === mutants.length ? 0 : 1

function readKept(): Record<string, Result> {
  try {
    return JSON.parse(readFileSync(kept, 'utf8'))
  } catch {
    return {}
  }
}

function play({ find, replace, tests, kind }: Mutant): Omit<Result, 'hash'> {
  const places = [...sources].filter(([, text]) => text.includes(find))
  const [path = '', text = ''] = places[0] ?? []
  if (places.length !== 1 || text.split(find).length !== 2) return { verdict: 'cannot be planted', by: [] }
  writeFileSync(
    join(copy, path),
    text.replace(find, () => replace)
  )
  try {
    const first = failing(tests)
    const by = first.some(name => new RegExp(kind, 'i').test(name)) ? first : [...first, ...failing('unit')]
    const named = by.filter(name => new RegExp(kind, 'i').test(name))
    if (named.length > 0) return { verdict: 'caught', by: named }
    return by.length > 0 ? { verdict: 'caught by a test of another name', by } : { verdict: 'survived', by }
  } finally {
    writeFileSync(join(copy, path), text)
  }
}

/** The names of the failing tests in the copy. */
function failing(part: string): string[] {
  const args = ['--import=tsx', 'test/run.ts', ...part.split(' ')]
  const { stdout } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', maxBuffer: 2 ** 28 })
  return [...stdout.matchAll(/^not ok - (.*)$/gm)].map(([, name = '']) => name)
}
