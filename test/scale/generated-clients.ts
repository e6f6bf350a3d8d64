import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import t from 'tap'
import ts from 'typescript'
import { products } from '../support/known-products.js'
import { ask, serving } from '../support/serving.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(`${root}docs/openapi.md`, 'utf8')
const names = products.map(({ name }) => name)
const { url } = await serving(t)

/** The types of a product, as openapi-typescript makes them of what the server says. */
const typesOf = async (name: string): Promise<string> => {
  const { body } = await ask(url, { method: 'GET', url: `/__admin/products/${name}/openapi.json` })
  return astToString(await openapiTS(JSON.parse(body) as OpenAPI3))
}

// As `.ts`, so that they are checked too: `skipLibCheck` leaves out `.d.ts`.
const types = Object.fromEntries(
  await Promise.all(names.map(async name => [`${name}-api.ts`, await typesOf(name)] as const))
)

/** The programs of the page, by the file that their first line names, for this test's server. */
const programs = Object.fromEntries(
  [...page.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)].map(([, file = '', text = '']) => [
    file,
    text.replace('http://127.0.0.1:4100', url)
  ])
)

const wrong = {
  'a path that is not there': "await cbrain.GET('/sessions')",
  'a method that it does not take': "await hcx.PUT('/api/admin/v1/sessions')",
  'a login without a password': "await netbrain.POST('/ServicesAPI/API/V1/Session', { body: { username: 'demo' } })",
  'a value that is none': "await cbrain.GET('/session', { params: { query: { format: 'yaml' } } })",
  'a field that no answer has': "void (await cbrain.GET('/session')).data?.token",
  'an error code that there is not': "void ((await hcx.GET('/api/admin/v1/sessions')).error?.errorCode === 'EXPIRED')",
  'a form without a key': "await videntity.POST('/session/ping', { body: {} })"
}

const mistakes = [
  "import createClient from 'openapi-fetch'",
  ...names.map(name => `import type { paths as ${name}Paths } from './${name}-api.js'`),
  ...names.map(name => `const ${name} = createClient<${name}Paths>()`),
  ...Object.values(wrong)
].join('\n')

const folder = t.testdir({ 'package.json': '{ "type": "module" }', ...types, 'mistakes.ts': mistakes, ...programs })
const compiled = ts.createProgram(
  [...Object.keys(programs), 'mistakes.ts'].map(file => `${folder}/${file}`),
  {
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
    typeRoots: [`${root}node_modules/@types`]
  }
)
const complaints = ts.getPreEmitDiagnostics(compiled).map(({ file, start = 0, messageText }) => ({
  file: file?.fileName.slice(folder.length + 1) ?? '',
  line: file?.getLineAndCharacterOfPosition(start).line ?? -1,
  words: ts.flattenDiagnosticMessageText(messageText, '\n')
}))

t.test('each product has an example on the page', async t => {
  t.strictSame(Object.keys(programs).sort(), names.map(name => `${name}.ts`).sort())
})

t.test('the examples compile with the generated types', async t => {
  t.strictSame(
    complaints.filter(({ file }) => file !== 'mistakes.ts'),
    []
  )
})

t.test('names that are not in the description do not compile', async t => {
  const lines = mistakes.split('\n')
  const refused = new Set(complaints.flatMap(({ file, line }) => (file === 'mistakes.ts' ? [lines[line]] : [])))
  for (const [what, line] of Object.entries(wrong)) t.ok(refused.has(line), what)
  t.equal(refused.size, Object.keys(wrong).length)
})

for (const file of Object.keys(programs))
  t.test(`${file} logs in, uses its session and logs out`, async t => {
    await t.resolves(import(pathToFileURL(`${folder}/${file}`).href))
  })

t.test('the command of the page generates the same types', async t => {
  const [, command = ''] = /^npx (openapi-typescript .*)$/m.exec(page) ?? []
  const [program = '', ...args] = command.replace('http://127.0.0.1:4100', url).split(' ')
  const cwd = t.testdir({})
  await promisify(execFile)(`${root}node_modules/.bin/${program}`, args, { cwd })
  const written = readFileSync(`${cwd}/cbrain-api.d.ts`, 'utf8')
  t.ok(written.includes(types['cbrain-api.ts'] ?? '-'))
})
