import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { UserError } from '../../../../src/base/errors.js'
import { ScenarioCatalog } from '../../../../src/scenario/format/catalog.js'
import { products } from '../../../support/known-products.js'

const library = new ScenarioCatalog(fileURLToPath(new URL('../../../../scenarios/', import.meta.url)), products)

/** What is said where a scenario cannot be had. */
const complaint = async (t: Test, said: string): Promise<string> => {
  const error = await library.find(said).catch(error => error)
  t.ok(error instanceof UserError)
  return error.message
}

/** The path of a file with these bytes. */
const fileOf = async (t: Test, name: string, bytes: string | Uint8Array): Promise<string> => {
  const path = join(t.testdir(), name)
  await writeFile(path, bytes)
  return path
}

t.test('a scenario is found by its shipped name', async t => {
  const { scenario } = await library.find('rate-limit')
  t.equal(scenario.title, 'After five calls the next three are refused as too many requests, with Retry-After')
  t.strictSame(
    scenario.rules.map(({ title }) => title),
    ['rule "too many" (scenarios/rate-limit.yaml:5)']
  )
})

t.test('a missing file is reported with the nearest file name', async t => {
  const path = await fileOf(t, 'my-first.yaml', 'title: A')
  const wrong = path.replace('my-first.yaml', 'my-frist.yml')
  t.equal(await complaint(t, wrong), `there is no file "${wrong}"; did you mean ${path}?`)
})

t.test('a scenario is found by the path of its file, YAML or JSON', async t => {
  const yaml = await fileOf(t, 'a.yaml', 'title: A\nrules: [{ on: login, then: evict }]')
  const { scenario } = await library.find(yaml)
  t.equal(scenario.title, 'A')
  t.equal(scenario.rules[0]?.title, `rule 1 (${yaml}:2)`)
  const json = await fileOf(t, 'b.json', '{ "title": "B" }')
  t.equal((await library.find(json)).scenario.title, 'B')
})

t.test('a value with a line break, or with a key at its start, is a text', async t => {
  for (const text of ['title: A', '{ "title": "A" }', '{title: A}', '# a comment\ntitle: A', '\n  title: A\n'])
    t.equal((await library.find(text)).scenario.title, 'A')
  t.match(await complaint(t, 'titel: A'), /^scenario:1:1: titel: unknown key "titel"; /)
})

t.test('an unknown name or path is reported with the nearest name', async t => {
  t.equal(
    await complaint(t, 'token-expires-midrun'),
    'there is no file "token-expires-midrun", and no scenario is shipped by that name; did you mean token-expires-mid-run?'
  )
  t.match(await complaint(t, 'scenarios/outage.yml'), /; did you mean outage\?$/)
  t.match(await complaint(t, 'elsewhere/session-limits.yaml'), /; did you mean session-limit\?$/)
  t.match(
    await complaint(t, 'xyzzy'),
    /^there is no file "xyzzy", and no scenario is shipped by that name; shipped are .*, clock-skew, .* and truncated-login$/
  )
  for (const odd of ['', 'x'.repeat(5000), '\0']) t.match(await complaint(t, odd), /^there is no file ".*"/)
})

t.test('a folder, a large file and a special file are refused', async t => {
  const folder = t.testdir()
  t.equal(await complaint(t, folder), `${folder} is a folder; a scenario is one YAML or JSON file`)
  t.equal(await complaint(t, '/dev/null'), '/dev/null is not a file; a scenario is one YAML or JSON file')
  const large = await fileOf(t, 'large.yaml', Buffer.alloc(10 * 1_048_576, '#'))
  t.equal(await complaint(t, large), `${large} has 10485760 bytes; a scenario may have 1048576`)
})

t.test('an empty or binary file is refused with its place', async t => {
  const cases: readonly (readonly [name: string, bytes: string | Uint8Array, said: string])[] = [
    ['empty.yaml', '', '1:1: the document is empty; a scenario has keys such as title, accounts and rules'],
    [
      'binary.yaml',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00),
      '1:1: expected YAML or JSON in UTF-8, found other bytes'
    ],
    [
      'latin1.yaml',
      Buffer.from('seed: 1\ntitle: caf\u00e9', 'latin1'),
      '2:11: expected YAML or JSON in UTF-8, found other bytes'
    ],
    ['utf16.yaml', Buffer.from('\uFEFFtitle: x', 'utf16le'), '1:1: expected YAML or JSON in UTF-8, found other bytes']
  ]
  for (const [name, bytes, said] of cases) {
    const path = await fileOf(t, name, bytes)
    t.equal(await complaint(t, path), `${path}:${said}`)
  }
})

t.test('the built default scenario equals its file', async t => {
  const built = await library.find('default')
  const read = await library.read(await library.source('default'))
  t.strictSame(JSON.parse(JSON.stringify(built)), JSON.parse(JSON.stringify(read)))
  t.ok(built.scenario.rules.length > 20)
})

t.test('the default scenario needs no file access', async t => {
  const nowhere = new ScenarioCatalog(join(t.testdir(), 'nowhere'), products)
  t.match((await nowhere.find('default')).scenario.title, /^demo may log in/)
})

t.test('the default scenario loads neither the YAML parser nor the validator', async t => {
  const code = `
    import { createRequire } from 'node:module'
    import { products } from './routes/index.ts'
    import { ScenarioCatalog } from './src/scenario/format/catalog.ts'
    const { cache } = createRequire(import.meta.url)
    const loaded = () => ['yaml', 'ajv'].map(name => Object.keys(cache).some(file => file.includes('/node_modules/' + name + '/')))
    const library = new ScenarioCatalog('scenarios', products)
    const found = []
    for (const name of ['default', 'outage']) found.push(await library.find(name).then(loaded))
    console.log(JSON.stringify(found))
  `
  const cwd = fileURLToPath(new URL('../../../../', import.meta.url))
  const node = ['--import=tsx', '--input-type=module', '--eval', code]
  const { stdout } = await promisify(execFile)(process.execPath, node, { cwd })
  t.strictSame(JSON.parse(stdout), [
    [false, false],
    [true, true]
  ])
})
