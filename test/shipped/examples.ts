import { cp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { has, installed, printed } from '../support/checkout.js'
import { pythonWithPytest } from '../support/python.js'
import { shippedLibrary } from '../support/shipped.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { project } = await installed(t, { type: 'module' })
const copy = `${project}/node_modules/session-mock`
await symlink(`${root}node_modules/tap`, `${project}/node_modules/tap`)
await cp(`${copy}/examples`, project, { recursive: true })
const node = process.execPath
const { start } = await shippedLibrary()

t.test('the example for node:test passes', async t => {
  t.match(await printed(project, node, '--test', '--test-reporter=tap', 'node-test.test.js'), /^# pass 3$/m)
})

t.test('the example for tap passes', async t => {
  t.match(await printed(project, node, 'tap.test.js'), /^# \{ total: 2, pass: 2 \}$|^1\.\.2$/m)
})

const vitest = `${root}node_modules/.bin/vitest`
const noVitest = (await has(vitest, '--version')) ? false : 'vitest is not here: npm install --no-save vitest'
t.test('the example for Vitest passes', { skip: noVitest }, async t => {
  await symlink(`${root}node_modules/vitest`, `${project}/node_modules/vitest`)
  t.match(await printed(project, vitest, 'run', 'vitest.test.js'), /2 passed/)
})

const python = await pythonWithPytest()
t.test('the example for pytest passes', { skip: python ? false : 'pytest is not here' }, async t => {
  await cp(`${copy}/clients/python/session_mock.py`, `${project}/python/session_mock.py`)
  const command = `SESSION_MOCK_COMMAND="${node} ../node_modules/session-mock/dist/main.js"`
  const script = `${command} PYTHONPATH=. exec ${python} -m pytest -q -p no:cacheprovider`
  t.match(await printed(`${project}/python`, 'sh', '-c', script), /^3 passed/m)
})

const noCurl = (await has('curl', '--version')) ? false : 'curl is not here'
t.test('the example for curl walks through an expiry', { skip: noCurl }, async t => {
  const mock = await start()
  t.teardown(() => mock.stop())
  const said = await printed(project, 'sh', 'walk.sh', mock.url())
  t.match(said, /^before: 200$/m)
  t.match(said, /^after: 401$/m)
  t.match(said, /^"words":"expired 1h ago \(idle 1d\)"$/m)
  t.match(said, /^\{"verified":true\}$/m)
})

const notReady = `rules:
  - on: hcx-workload.login
    times: 1
    then: { reply: { status: 401, body: "<string>'Trusted root certificates' value should not be empty</string>" } }`

for (const [language, program, file] of [
  ['bash', 'bash', 'client.sh'],
  ['Python', 'python3', 'client.py'],
  ['PowerShell', 'pwsh', 'client.ps1']
] as const) {
  const skip = (await has(program, '--version')) && !(language === 'bash' && noCurl) ? false : `${program} is not here`
  t.test(`the client of HCX for ${language} logs in, uses its session, and logs out`, { skip }, async t => {
    const mock = await start()
    t.teardown(() => mock.stop())
    const client = () => printed(project, program, `hcx-workload/${file}`, mock.url('hcx-workload'), 'demo')
    t.match(await client(), /^HCX 4\.10\.0\.0\r?\n$/)
    const operations = (await mock.requests.list()).map(({ operation }) => operation)
    t.strictSame(operations, ['login', 'about', 'logout'])
    t.strictSame(await mock.sessions.list(), [])
    await mock.scenario.set('accounts: [{ login: demo, password: other }]')
    await t.rejects(client(), /refused|401/)
  })
}

t.test('the client of HCX for bash waits until the appliance is ready', { skip: noCurl }, async t => {
  const mock = await start({ scenario: notReady })
  t.teardown(() => mock.stop())
  const run = `HCX_PAUSE=0 bash hcx-workload/client.sh ${mock.url('hcx-workload')}`
  t.equal(await printed(project, 'sh', '-c', run), 'HCX 4.10.0.0\n')
  const statuses = (await mock.requests.list()).map(({ status }) => status)
  t.strictSame(statuses, [401, 200, 200, 200])
})

t.test('every snippet of the page runs', async t => {
  const page = await readFile(`${copy}/docs/library.md`, 'utf8')
  const snippets = [...page.matchAll(/^```(js|cjs)\n(.*?)^```$/gms)]
  t.equal(snippets.length, 5)
  const mock = await start()
  t.teardown(() => mock.stop())
  const files = await Promise.all(
    snippets.map(async ([, ending, text = ''], index) => {
      const file = `./snippet-${index}.${ending === 'cjs' ? 'cjs' : 'mjs'}`
      await writeFile(`${project}/${file}`, text.replace('http://127.0.0.1:4100', mock.url()))
      return file
    })
  )
  await writeFile(`${project}/snippets.mjs`, files.map(file => `await import('${file}')\n`).join(''))
  t.match(await printed(project, node, 'snippets.mjs'), /^# fail 0$|ℹ fail 0/m)
})

t.test(
  'the page for Python has the example unchanged, and its program runs',
  { skip: python ? false : 'pytest is not here' },
  async t => {
    const page = await readFile(`${copy}/docs/python.md`, 'utf8')
    const blocks = [...page.matchAll(/^```python\n(.*?)^```$/gms)].map(([, text = '']) => text)
    t.ok((await readFile(`${copy}/examples/python/test_sessions.py`, 'utf8')).includes(blocks[1]?.trim() ?? '-'))
    await writeFile(`${project}/python/page.py`, blocks.find(text => text.includes('session_mock.start(')) ?? '')
    const command = `SESSION_MOCK_COMMAND="${node} ../node_modules/session-mock/dist/main.js"`
    t.match(
      await printed(`${project}/python`, 'sh', '-c', `${command} ${python} page.py`),
      /^http:.*\/~[0-9a-f]{32}\n200\n$/
    )
  }
)

t.test('every link of the pages has a target, and every example is linked', async t => {
  const names = (await readdir(`${copy}/docs`)).filter(name => name.endsWith('.md'))
  const pages = await Promise.all(names.map(name => readFile(`${copy}/docs/${name}`, 'utf8')))
  const links = [...pages.join('').matchAll(/\]\(\.\.\/examples\/([^)]+)\)/g)].map(([, link = '']) => link)
  const files = (await readdir(`${copy}/examples`, { recursive: true })).filter(name => /\.\w+$/.test(name))
  t.same([...new Set(links)].sort(), files.filter(name => !name.includes('__pycache__')).sort())
})
