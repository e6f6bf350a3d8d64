import { EventEmitter, once } from 'node:events'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { createLog } from '../../../src/run/logger.js'
import { watch } from '../../../src/run/watch.js'
import { ScenarioCatalog } from '../../../src/scenario/format/catalog.js'
import { systemClock } from '../../../src/session/clock.js'
import { double } from '../../support/double.js'
import { drivers } from '../../support/drivers.js'
import { products } from '../../support/known-products.js'

const library = new ScenarioCatalog(fileURLToPath(new URL('../../../scenarios/', import.meta.url)), products)
const [driver] = drivers

const down = 'title: Down\nrules: [{ on: "*", then: { fail: unavailable } }]'
const fine = 'title: Fine'

/** A server with the scenario of a file that it watches, and what it logs. */
const watching = async (t: Test, text: string, place = async (dir: string) => join(dir, 'scenario.yaml')) => {
  if (!driver) throw new Error('there are products')
  const dir = t.testdir()
  const file = await place(dir)
  await writeFile(file, text)
  const { scenario } = await library.find(file)
  const { app, send } = double({ scenario })
  const lines: string[] = []
  const logEvents = new EventEmitter()
  const log = await createLog(
    { log: 'json', logLevel: 'info' },
    {
      write: line => {
        lines.push(JSON.parse(line).msg)
        logEvents.emit('line')
      }
    },
    {}
  )
  const watcher = await watch(library, file, { spaces: app.spaces, log, systemClock })
  // The watcher does not keep a process alive.
  const alive = setInterval(() => undefined, 1_000_000)
  t.teardown(() => {
    clearInterval(alive)
    return watcher.close()
  })
  /** Resolves to the lines until the one with this part. */
  const logged = async (part: string): Promise<string[]> => {
    while (!lines.some(line => line.includes(part))) await once(logEvents, 'line')
    return lines.splice(0)
  }
  const works = async (token: string) => driver.succeeded(await send(driver.use(token)))
  const login = async () => driver.issued(await send(driver.login()))
  return { dir, file, spaces: app.spaces, logged, works, login }
}

t.test('a changed file replaces the rules, and sessions are kept', async t => {
  const { file, logged, login, works, spaces } = await watching(t, fine)
  const token = await login()
  const other = spaces.get('other')
  await writeFile(file, down)
  t.strictSame(await logged('apply from now on'), [`${file} has changed: its 1 rules apply from now on`])
  t.notOk(await works(token))
  t.equal(other.scenario.title, 'Down')
  t.equal(spaces.get('new').scenario.title, 'Down')
  await writeFile(file, fine)
  await logged('apply from now on')
  t.ok(await works(token))
})

t.test('a file with errors keeps the previous rules, and is logged with all errors', async t => {
  const { file, logged, login, works } = await watching(t, fine)
  const token = await login()
  await writeFile(
    file,
    'titel: x\nrules:\n  - { on: "*", then: { fail: unavailable } }\n  - { on: logn, then: evict }\n'
  )
  const lines = await logged('the previous rules stay in effect')
  t.match(lines, [
    `${file}:1:1: titel: unknown key "titel"; `,
    `${file}:4:11: rules[1].on: expected `,
    `${file} is invalid: the previous rules stay in effect`
  ])
  t.equal(lines.length, 3)
  t.ok(await works(token))
  await writeFile(file, down)
  await logged('apply from now on')
  t.notOk(await works(token))
})

t.test('a replaced file is read, as saved by editors', async t => {
  const { file, logged, login, works } = await watching(t, fine)
  const token = await login()
  await writeFile(`${file}.new`, down)
  await rename(`${file}.new`, file)
  await logged('apply from now on')
  t.notOk(await works(token))
})

t.test('a deleted file keeps the previous rules, and is read when it exists again', async t => {
  const { file, logged, login, works } = await watching(t, fine)
  const token = await login()
  await rm(file)
  t.strictSame(await logged('is missing'), [`${file} is missing: the previous rules stay in effect`])
  t.ok(await works(token))
  await writeFile(file, down)
  await logged('apply from now on')
  t.notOk(await works(token))
})

t.test('a rule that never applies is a warning', async t => {
  const { file, logged } = await watching(t, fine)
  await writeFile(file, 'rules: [{ on: login, chance: 0, then: evict }]')
  t.strictSame(await logged('apply from now on'), [
    `${file}:1:9: rules[0]: this rule never applies: its chance is 0`,
    `${file} has changed: its 1 rules apply from now on`
  ])
})

t.test('a text cannot be watched', async t => {
  const { app } = double()
  const log = await createLog({ log: 'json', logLevel: 'info' }, { write: () => undefined }, {})
  await t.rejects(
    watch(library, 'title: x', { spaces: app.spaces, log, systemClock }),
    /^--watch needs a scenario that is a file; /
  )
})

t.test('a ConfigMap is read when Kubernetes replaces a symlink of its path', async t => {
  const mount = async (dir: string) => {
    await mkdir(join(dir, '..2026_01'))
    await symlink('..2026_01', join(dir, '..data'))
    await symlink(join('..data', 'scenario.yaml'), join(dir, 'scenario.yaml'))
    return join(dir, 'scenario.yaml')
  }
  const { dir, file, logged, login, works } = await watching(t, fine, mount)
  const token = await login()
  for (const [version, text, rules] of [
    ['..2026_02', down, 1],
    ['..2026_03', fine, 0],
    ['..2026_04', down, 1]
  ] as const) {
    await mkdir(join(dir, version))
    await writeFile(join(dir, version, 'scenario.yaml'), text)
    await symlink(version, join(dir, '..data_tmp'))
    await rename(join(dir, '..data_tmp'), join(dir, '..data'))
    t.strictSame(await logged('apply from now on'), [`${file} has changed: its ${rules} rules apply from now on`])
    t.equal(await works(token), text === fine)
  }
})

t.test('a file replaced by a folder keeps the previous rules, and is read when it is a file again', async t => {
  const { file, logged, login, works } = await watching(t, fine)
  const token = await login()
  await rm(file)
  await mkdir(file)
  const lines = await logged('is a folder')
  t.equal(lines.at(-1), `${file} cannot be read, as it is a folder: the previous rules stay in effect`)
  t.ok(await works(token))
  await rm(file, { recursive: true })
  await writeFile(file, down)
  await logged('apply from now on')
  t.notOk(await works(token))
})

t.test('a deleted and recreated folder is followed', async t => {
  const below = async (dir: string) => {
    await mkdir(join(dir, 'a', 'b'), { recursive: true })
    return join(dir, 'a', 'b', 'scenario.yaml')
  }
  const { dir, file, logged, login, works } = await watching(t, fine, below)
  const token = await login()
  for (const text of [down, fine]) {
    await rm(join(dir, 'a'), { recursive: true })
    await logged('is missing')
    await mkdir(join(dir, 'a', 'b'), { recursive: true })
    await writeFile(file, text)
    await logged('apply from now on')
    t.equal(await works(token), text === fine)
  }
})
