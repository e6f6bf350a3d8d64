import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { printed } from './support/checkout.js'

const root = fileURLToPath(new URL('../', import.meta.url))
// Outside of the repository, whose ignored folders the formatter leaves alone.
const copy = await mkdtemp(`${tmpdir()}/contributing-`)
t.teardown(() => rm(copy, { recursive: true }))

for (const part of [
  'src',
  'routes',
  'scenarios',
  'scripts',
  'test/support',
  'test/fixtures',
  'test/routes',
  'package.json',
  'biome.json',
  '.gitignore'
])
  await cp(`${root}${part}`, `${copy}/${part}`, { recursive: true })
await symlink(`${root}node_modules`, `${copy}/node_modules`)

const read = (path: string) => readFile(`${copy}/${path}`, 'utf8')

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(`${copy}/${path}`.replace(/[^/]*$/, ''), { recursive: true })
  await writeFile(`${copy}/${path}`, text)
}

/** Throws where the file has no such text: then the page is about another file. */
const edit = async (path: string, before: string, after: string): Promise<void> => {
  const text = await read(path)
  if (!text.includes(before)) throw new Error(`${path} has no ${before}`)
  await write(path, text.replace(before, after))
}

const node = (...args: string[]) => printed(copy, process.execPath, '--import=tsx', ...args)

/** As the page says under "Add a product": the toy of the core tests, in the folders of a product. */
const addProduct = async (): Promise<void> => {
  const toy = (await read('test/fixtures/toy.ts'))
    .replaceAll('../../src/', '../src/')
    .replaceAll('toy', 'acme')
    .replaceAll("'Toy'", "'Acme'")
  const [product = '', driver = ''] = toy.split("const text = { 'content-type': 'text/plain' }")
  await write(
    'routes/acme.ts',
    product.replace(/^import .*driver\.js'\n/m, '').replace(/const refusals = [^}]*?\n\n/s, '')
  )
  await edit('routes/index.ts', 'products: readonly Product[] = [', 'products: readonly Product[] = [acme, ')
  await edit('routes/index.ts', 'import { cbrain }', "import { acme } from './acme.js'\nimport { cbrain }")
  const refusals = /const refusals = .*?\n\n/s.exec(product)?.[0] ?? ''
  const statuses = /const statuses.*?\n}\n/s.exec(product)?.[0] ?? ''
  await write(
    'test/support/products/acme.ts',
    `import { acme } from '../../../routes/acme.js'
import { type FailureName, failureNames } from '../../../src/product/failure.js'
import { type Driver, spaced } from '../driver.js'
${statuses}${refusals}const text = { 'content-type': 'text/plain' }${driver.replace('export const acmeDriver', 'export const driver')}`
  )
}

/** As the page says under "Add an effect". */
const addEffect = async (): Promise<void> => {
  await edit(
    'src/scenario/engine/effects.ts',
    'export const effects = {',
    `export const effects = {
  stamp: effect<string>({
    schema: { type: 'string', minLength: 1, description: 'Sets the header X-Stamp.' },
    describe: text => \`stamp \${text}\`,
    apply: (text, turn) => turn.setHeaders({ 'X-Stamp': text })
  }),`
  )
  await edit(
    'src/client/scenario.ts',
    '  readonly evict?: true\n',
    '  readonly evict?: true\n  readonly stamp?: string\n'
  )
}

/** As the page says under "Add a control path". */
const addControlPath = async (): Promise<void> => {
  await write(
    'routes/control/echo.ts',
    `import type { Endpoint } from '../../src/control/endpoint.js'
import { object, text } from './schema-parts.js'

const echo: Endpoint = {
  method: 'GET',
  path: '/echo/{word}',
  summary: 'Echo a word',
  answers: { 200: { description: 'The word.', schema: object({ word: text }) } },
  run: ({ params: { word = '' } }) => ({ word })
}

export const echoEndpoints = [echo]
`
  )
  await edit(
    'routes/control/index.ts',
    'import { healthEndpoints }',
    "import { echoEndpoints } from './echo.js'\nimport { healthEndpoints }"
  )
  await edit('routes/control/index.ts', '  ...healthEndpoints,', '  ...healthEndpoints,\n  ...echoEndpoints,')
}

await addProduct()
await addEffect()
await addControlPath()

t.test('a toy product, effect and control path by CONTRIBUTING.md need one file or entry each', async t => {
  await node('scripts/generate.ts')
  t.match(await read('scenarios/schema.json'), '"stamp"')
  t.match(await read('src/client/names.ts'), "'acme'")
  await write(
    'use.ts',
    `import { start } from './src/index.js'
const mock = await start({ scenario: { rules: [{ on: 'acme.session', then: { stamp: 'new' } }] } })
const sent = { method: 'POST', url: '/acme/knock', headers: { 'content-type': 'text/plain' }, payload: 'demo demo' }
const token = (await mock.inject(sent)).body.trim()
const { body, headers } = await mock.inject({ url: '/acme/who', headers: { 'x-acme': token } })
const echo = await (await fetch(mock.url() + '/__admin/echo/hello')).json()
const api = await (await fetch(mock.url() + '/__admin/openapi.json')).json()
await mock.stop()
console.log(JSON.stringify([body, headers['x-stamp'], echo, '/echo/{word}' in api.paths]))
`
  )
  t.strictSame(JSON.parse(await node('use.ts')), ['demo\n', 'new', { word: 'hello' }, true])
})

t.test('a fifth product passes the checks of imports and every shared suite', async t => {
  await node('scripts/check-imports.ts')
  const output = await node('test/routes/every-product.ts')
  t.match(output, /^ok \d+ - Acme/m)
  t.notMatch(output, /^ *not ok/m)
})
