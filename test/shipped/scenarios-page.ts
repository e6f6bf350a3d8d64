import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { products } from '../../routes/index.js'
import { loadExpressions } from '../../src/base/expression.js'
import { faultNames } from '../../src/http/fault-names.js'
import { failureNames } from '../../src/product/failure.js'
import { whenSchema } from '../../src/scenario/engine/conditions.js'
import { effectNames, wiremockFaults } from '../../src/scenario/engine/effects.js'
import { createParse } from '../../src/scenario/format/parse.js'
import { scenarioSchema } from '../../src/scenario/format/schema.js'
import { double } from '../support/double.js'
import { drivers } from '../support/drivers.js'
import { runShipped as run } from '../support/shipped.js'

const page = readFileSync(new URL('../../scenarios/README.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, of, text = '']) => (of === language ? [text] : []))
await loadExpressions()
const parse = createParse(products)
const read = (text: string) => parse({ name: 'README.md', text })

t.test('every scenario on the page is valid, and all its rules can apply', async t => {
  t.ok(blocks('yaml').length >= 5)
  for (const text of blocks('yaml')) t.strictSame(read(text).warnings, [], text.split('\n', 2).join(' '))
})

const { properties } = scenarioSchema(products)
const ruleKeys = Object.keys(properties.rules.items.properties)
const snippet = new RegExp(`\`((?:${[...Object.keys(properties), ...ruleKeys].join('|')}): [^\`]+)\``, 'g')
const snippets = [...page.matchAll(snippet)].map(([, text = '']) => text)

t.test('every code snippet on the page is a part of a valid scenario', async t => {
  t.ok(snippets.length > 40)
  for (const text of snippets) {
    const part = parseYaml(text)
    const isRule = Object.keys(part).every(key => ruleKeys.includes(key))
    const states = [{ on: 'login', then: { state: 'Locked' } }]
    const whole = isRule ? { rules: [{ on: 'login', then: { delay: '1s' }, ...part }, ...states] } : part
    t.doesNotThrow(() => read(JSON.stringify(whole)), text)
  }
})

t.test('the page has all keys of the language', async t => {
  const keys = [
    ...Object.keys(properties).filter(key => key !== '$schema'),
    ...ruleKeys,
    ...Object.keys(whenSchema.properties)
  ]
  for (const key of [...keys, ...effectNames])
    t.ok(
      snippets.some(text => text.includes(key)),
      key
    )
  for (const name of [...failureNames, ...faultNames, ...Object.keys(wiremockFaults)])
    t.ok(page.includes(`\`${name}\``), name)
})

t.test('the page has the effects in their order of application', async t => {
  const [, table = ''] = page.split('\n## Effects\n')
  const rows = [...table.matchAll(/^\| `(\w+)` \| [^|]+ \| `then: /gm)].map(([, name]) => name)
  t.strictSame(rows, effectNames)
})

t.test('the first example behaves as in its title', async t => {
  const [text = ''] = blocks('yaml')
  for (const driver of drivers) {
    const { send, systemClock } = double({ products, scenario: read(text).scenario })
    const token = driver.issued(await send(driver.login()))
    const works = []
    for (const _call of [1, 2, 3, 4]) works.push(driver.succeeded(await send(driver.use(token))))
    t.strictSame(works, [true, true, false, false])
    t.strictSame(systemClock.slept, [])
    await send(driver.login())
    t.strictSame(systemClock.slept, [2000])
  }
})

t.test('every command on the page works', async t => {
  const folder = t.testdir({ 'mine.yaml': blocks('yaml')[0] ?? '' })
  const commands = blocks('sh').flatMap(text => text.trim().split('\n'))
  t.equal(commands.length, 7)
  for (const command of commands) {
    const [, variable, said] = /^(?:(\w+)='(.*)' )?npm start/.exec(command) ?? []
    const argv = command.split('npm start')[1]?.replace(' -- ', '').split(' ').filter(Boolean) ?? []
    const serves = argv.length === 0 || argv[0]?.startsWith('--')
    const { code, err } = await run(
      [...argv.map(word => word.replace('mine.yaml', `${folder}/mine.yaml`)), ...(serves ? ['--port', '0'] : [])],
      { env: variable === undefined ? {} : { [variable]: said } }
    )
    t.strictSame({ code, err }, { code: 0, err: '' }, command)
  }
})

t.test('the page lists every shipped scenario, with its title', async t => {
  const { out } = await run(['scenarios'])
  const shipped = out
    .trimEnd()
    .split('\n')
    .map(line => line.split(/ {2,}/))
  t.strictSame(
    [...page.matchAll(/^\| \[([\w-]+)\]\(\1\.yaml\) \| (.+) \|$/gm)].map(([, name, title]) => [name, title]),
    shipped
  )
})
