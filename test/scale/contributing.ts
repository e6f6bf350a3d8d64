import { readFile } from 'node:fs/promises'
import t from 'tap'
import { recipes } from '../support/recipes.js'
import { sourceCopy } from '../support/source-copy.js'

const copy = await sourceCopy(t, [
  'src',
  'routes',
  'scenarios',
  'scripts',
  'test/support',
  'test/fixtures',
  'test/routes/every-product.ts',
  'test/src/scenario/engine/effects.ts',
  'test/magic-accounts.ts',
  'package.json',
  'tsconfig.json',
  'biome.json',
  '.gitignore'
])
for (const follow of Object.values(recipes)) await follow(copy)

t.test('CONTRIBUTING.md has the recipes that are followed here, and no others', async t => {
  const page = await readFile(new URL('../../CONTRIBUTING.md', import.meta.url), 'utf8')
  const headings = [...page.matchAll(/^## (Add .*)$/gm)].map(([, heading = '']) => heading)
  t.strictSame(headings.sort(), Object.keys(recipes).sort())
})

t.test('what all recipes add together works in one server', async t => {
  await copy.write(
    'use.ts',
    `await import('./scripts/check-imports.js')
const { start } = await import('./src/index.js')
const rules = [
  { on: 'acme.session', when: { method: 'GET' }, then: { stamp: 'new' } },
  { on: 'acme.session', when: { method: 'HEAD' }, then: { fail: 'server-error' } }
]
const knock = (name: string) =>
  ({ method: 'POST', url: '/acme/knock', headers: { 'content-type': 'text/plain' }, payload: name + ' demo' }) as const
const json = async (url: string) => (await fetch(url)).json()

const mock = await start({ scenario: { rules }, versionLabel: 'blue' })
const token = (await mock.inject(knock('demo'))).body.trim()
const { body, headers } = await mock.inject({ url: '/acme/who', headers: { 'x-acme': token } })
const preferred = await mock.inject({ url: '/session', headers: { prefer: 'status=451' } })
const echo = await json(mock.url() + '/__admin/echo/hello')
const { version } = await json(mock.url() + '/__admin/health')
const { paths } = await json(mock.url() + '/__admin/openapi.json')
await mock.stop()
const other = await start({ port: false })
const banned = await other.inject(knock('banned'))
await other.stop()
console.log(JSON.stringify({
  product: body,
  effectUnderCondition: headers['x-stamp'],
  setting: version,
  controlPath: [echo, '/echo/{word}' in paths],
  failure: [preferred.body, banned.statusCode, banned.body]
}))
`
  )
  await copy.node('--import=tsx', 'scripts/generate.ts')
  t.strictSame(JSON.parse(await copy.node('--import=tsx', 'use.ts')), {
    product: 'demo\n',
    effectUnderCondition: 'new',
    setting: 'blue',
    controlPath: [{ word: 'hello' }, true],
    failure: ['{"status":451,"error":"Unavailable"}', 451, 'no: legal-reasons\n']
  })
  t.match(await copy.read('scenarios/schema.json'), '"stamp"')
  t.match(await copy.read('src/client/names.ts'), "'acme'")
})

t.test('the compiler agrees with all of it', async t => {
  await copy.write(
    'tsconfig.all.json',
    JSON.stringify({
      extends: './tsconfig.json',
      compilerOptions: { incremental: false },
      include: ['src', 'routes', 'test']
    })
  )
  t.equal(await copy.node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.all.json'), '')
})

t.test('a fifth product passes every test of all products', async t => {
  const chosen = "Object.assign(process.env, { TAP_GREP: '/^Acme|driver/', TAP_FILTER_QUIETLY: '1' })"
  await copy.write('acme.ts', `${chosen}\nawait import('./test/routes/every-product.js')\n`)
  const output = await copy.node('--import=tsx', 'acme.ts')
  t.match(output, /^ok \d+ - every product has a test driver/m)
  t.match(output, /^ok \d+ - Acme, observed/m)
  t.notMatch(output, /^ *not ok/m)
})
