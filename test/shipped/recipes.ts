import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { endpoints } from '../../routes/control/index.js'
import { fallbackOf, flagOf, settingNames, settings, variableOf } from '../../src/config/settings.js'
import { runShipped as run } from '../support/shipped.js'
import { startCommand } from '../support/tested-server.js'

const root = new URL('../../', import.meta.url)
const read = (name: string) => readFile(new URL(name, root), 'utf8')
const shell = promisify(execFile)

const page = await read('docs/ci.md')
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
  language,
  text
}))
const inLanguage = (...languages: string[]) =>
  blocks.flatMap(({ language, text }) => (languages.includes(language) ? [text] : []))
const files = (await readdir(new URL('examples/recipes/', root))).map(name => `examples/recipes/${name}`)
const recipes = ['compose.yaml', ...files]

/** Every text below a key `run` or `script`, at any depth. */
const scripts = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'run' || key === 'script' ? [[inner].flat().map(String).join('\n')] : scripts(inner)
  )
}

const shells = [...inLanguage('sh'), ...inLanguage('yaml').flatMap(text => scripts(parse(text)))]

t.test('each recipe is a file, and unchanged on the page', async t => {
  for (const name of recipes) {
    t.ok(page.includes(`](../${name})`), name)
    const text = await read(name)
    t.ok(
      blocks.some(block => block.text === text),
      `${name} is shown`
    )
  }
})

t.test('YAML recipes are strictly valid', async t => {
  const texts = inLanguage('yaml')
  t.equal(texts.length, 8)
  for (const text of texts) t.type(parse(text, { strict: true, uniqueKeys: true }), 'object')
})

t.test('shell recipes are valid', async t => {
  t.equal(shells.length, 15)
  for (const text of shells) await t.resolves(shell('bash', ['-n', '-c', text]), text)
})

t.test('every command, flag and variable of session-mock exists', async t => {
  const helps = await Promise.all([['--help'], ['exec', '--help'], ['healthcheck', '--help']].map(words => run(words)))
  const out = helps.map(help => help.out).join('')
  const flags = [...settingNames.map(flagOf), ...[...out.matchAll(/^ +(--[a-z-]+)/gm)].map(([, flag = '']) => flag)]
  const commands = shells.flatMap(text => [
    ...text.matchAll(/(?:npx |bin\/)session-mock(?: ([a-z]+)(?=[ ;\n]))?([^;|>&\n]*)/g)
  ])
  t.ok(commands.length >= 4)
  for (const [whole, command, rest = ''] of commands) {
    if (command) t.ok(out.includes(`\n  ${command} `), whole)
    for (const [flag] of rest.matchAll(/--[a-z-]+/g)) t.ok(flags.includes(flag), flag)
  }
  for (const [, flag = ''] of page.matchAll(/`(--[a-z-]+)/g)) t.ok(flags.includes(flag), flag)
  const variables = [...page.matchAll(/SESSION_MOCK_[A-Z_]+/g)].map(([name]) => name)
  t.ok(variables.length > 5)
  for (const name of variables) t.ok(settingNames.map(variableOf).includes(name), name)
})

t.test('every path of the control API exists', async t => {
  const known = endpoints.map(({ path }) => `/__admin${path}`)
  const paths = [...page.matchAll(/\/__admin[\w/-]*/g)].map(([path]) => path)
  t.ok(paths.length > 5)
  for (const path of paths) t.ok(known.includes(path), path)
})

t.test('the ports are the default port', async t => {
  const ports = [...page.matchAll(/\b[49]\d{3}\b/g)].map(([port]) => port)
  t.ok(ports.length > 5)
  for (const port of ports) t.equal(port, String(settings.port.fallback))
})

t.test('the limits are the defaults of the settings', async t => {
  const rows = [...page.matchAll(/^\| .* \| `(--[a-z-]+)` \| (.+) \|$/gm)]
  t.equal(rows.length, 7)
  const bytes = (words: string) =>
    words.replace(/^(\d+) ([KM])iB$/, (_, n, unit) => `${n * 1024 ** (unit === 'K' ? 1 : 2)}`)
  for (const [, flag = '', words = ''] of rows) {
    const name = settingNames.find(each => flagOf(each) === flag)
    t.equal(name && fallbackOf(name), bytes(words), flag)
  }
})

/** Stands for the package, and tells what it was asked. */
const testcontainers = `
export const asked = []
export const Wait = { forHttp: (...where) => ({ forStatusCode: status => [...where, status] }) }
export class GenericContainer {
  constructor(image) { asked.push(['image', image]) }
  withExposedPorts(...ports) { asked.push(['ports', ...ports]); return this }
  withEnvironment(env) { asked.push(['env', env]); return this }
  withWaitStrategy(wait) { asked.push(['wait', ...wait]); return this }
  async start() { return { getHost: () => 'docker', getMappedPort: port => port + 1, stop: async () => ({}) } }
}
`

t.test('the example for Testcontainers uses the image, its port and its readiness', async t => {
  const folder = t.testdir({ 'recipe.mjs': await read('examples/recipes/testcontainers.js') })
  await mkdir(`${folder}/node_modules/testcontainers`, { recursive: true })
  await writeFile(`${folder}/node_modules/testcontainers/package.json`, '{ "type": "module", "main": "index.js" }')
  await writeFile(`${folder}/node_modules/testcontainers/index.js`, testcontainers)
  const { startSessionMock } = await import(pathToFileURL(`${folder}/recipe.mjs`).href)
  const { asked } = await import(pathToFileURL(`${folder}/node_modules/testcontainers/index.js`).href)
  const { url, stop } = await startSessionMock({ environment: { SESSION_MOCK_ACCOUNTS: 'any' } })
  t.equal(url, 'http://docker:4101')
  t.equal(await stop(), undefined)
  t.same(asked, [
    ['image', 'session-mock'],
    ['ports', 4100],
    ['env', { SESSION_MOCK_LOG: 'json', SESSION_MOCK_ACCOUNTS: 'any' }],
    ['wait', '/__admin/ready', 4100, 200]
  ])
})

t.test('the example for workers uses a space for each', async t => {
  const { url } = await startCommand(t, '--log-level', 'silent')
  const folder = t.testdir({ 'worker.mjs': await read('examples/recipes/per-worker.js') })
  const script = `
    import { mock, reset } from '${pathToFileURL(`${folder}/worker.mjs`).href}'
    const login = await fetch(mock + '/session', { method: 'POST', body: new URLSearchParams({ login: 'demo', password: 'demo' }) })
    const count = async () => (await (await fetch(mock + '/__admin/sessions')).json()).sessions?.length
    console.log(login.status, await count())
    await reset()
    console.log(await count())
  `
  const env = { PATH: process.env.PATH, SESSION_MOCK: url, VITEST_POOL_ID: '7' }
  const { stdout } = await shell(process.execPath, ['--input-type=module', '-e', script], { env })
  t.equal(stdout, '200 1\n0\n')
  t.match(await (await fetch(`${url}/__admin/spaces`)).text(), '"worker-7"')
})

const hasPython = await shell('python3', ['--version']).then(
  () => true,
  () => false
)
t.test('Python recipes are valid', { skip: hasPython ? false : 'python3 is not here' }, async t => {
  for (const text of inLanguage('python'))
    await t.resolves(shell('python3', ['-c', 'import ast, sys; ast.parse(sys.argv[1])', text]))
})
