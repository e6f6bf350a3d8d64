import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { products } from '../../../routes/index.js'
import { run, serving } from '../../support/command.js'

/** The command with all products: the shipped scenarios and the schema name each of them. */
const runWithAll = (...argv: readonly string[]) => run(argv, { products })

const folder = fileURLToPath(new URL('../../../scenarios/', import.meta.url))
const names = readdirSync(folder)
  .filter(file => file.endsWith('.yaml'))
  .map(file => file.replace('.yaml', ''))

const good = 'title: All is down\nrules: [{ on: "*", then: { fail: unavailable } }]\n'
const wrong = 'titel: x\nrules:\n  - { on: login, call: 0, then: evict }\n'

const fileOf = (t: Test, name: string, text: string): string => join(t.testdir({ [name]: text }), name)

t.test('validate accepts valid files', async t => {
  const path = fileOf(t, 'good.yaml', good)
  t.strictSame(await run(['validate', path, 'outage']), { code: 0, out: `${path}: ok\noutage: ok\n`, err: '' })
})

t.test('validate accepts the file of every shipped scenario', async t => {
  const files = names.map(name => join(folder, `${name}.yaml`))
  t.strictSame(await runWithAll('validate', ...files), {
    code: 0,
    out: files.map(file => `${file}: ok\n`).join(''),
    err: ''
  })
})

t.test('validate reports every error of invalid files, and accepts valid ones', async t => {
  const folder = t.testdir({ 'bad.yaml': wrong, 'fine.yaml': good })
  const [bad, fine] = [join(folder, 'bad.yaml'), join(folder, 'fine.yaml')]
  t.strictSame(await run(['validate', bad, fine, 'outige']), {
    code: 2,
    out: `${fine}: ok\n`,
    err: [
      `${bad}:1:1: titel: unknown key "titel"; expected title, seed, clock, frozen, accounts, sessions, products or rules; did you mean title?`,
      `${bad}:3:24: rules[0].call: expected a whole number from 1, or a range such as "2-4" or "3-", found 0`,
      'there is no file "outige", and no scenario is shipped by that name; did you mean outage?',
      ''
    ].join('\n')
  })
})

t.test('validate reports warnings, and accepts the file', async t => {
  const text = 'rules:\n  - { on: hcx, then: { fail: forbidden } }\n  - { on: hcx.login, then: evict }\n'
  const path = fileOf(t, 'idle.yaml', text)
  t.strictSame(await run(['validate', path]), {
    code: 0,
    out: `${path}: ok\n`,
    err: `${path}:3:5: rules[1]: this rule never applies: rules[0] decides the response to all of its calls (a warning)\n`
  })
})

t.test('validate requires an argument', async t => {
  const { code, err } = await run(['validate'])
  t.equal(code, 2)
  t.match(err, /missing .*argument 'file'/)
})

t.test('explain describes a scenario in English', async t => {
  t.strictSame(await run(['explain', 'outage']), {
    code: 0,
    out: `Ten seconds after the start the service is unavailable for 30 seconds; sessions stay open

  Accounts: demo.
  Seed 1: tokens, numbers and probabilities are the same on every run.
  1. on any request, from 10s to 40s after the start: fail with unavailable (netbrain 503, 793000; videntity 503, 11; cbrain 503; hcx 503, INTERNAL_SERVER_ERROR), then set header Retry-After: 30  [rule "outage" (scenarios/outage.yaml:5)]
`,
    err: ''
  })
})

t.test('explain shows what clients see of a failure: status and code', async t => {
  const text = `products: { cbrain: { fidelity: observed } }
rules:
  - { on: netbrain.tenants, then: [{ delay: 1s }, { fail: no-session }] }
  - { on: cbrain, then: { fail: bad-credentials } }
  - { on: [videntity, hcx], then: { fail: expired-session } }
  - { on: netbrain, then: { fail: bad-request } }
  - { on: hcx, then: { reply: { status: 503 } } }
`
  const { code, out } = await run(['explain', text])
  t.equal(code, 0)
  t.strictSame(out.match(/^ {2}\d.*(?= {2}\[)/gm), [
    '  1. on netbrain.tenants: wait 1s, then fail with no-session (401, 795005)',
    '  2. on cbrain: fail with bad-credentials (401)',
    '  3. on videntity or hcx: fail with expired-session (videntity 200, 3; hcx 401, INVALID_SESSION_TOKEN)',
    '  4. on netbrain: fail with bad-request (400, 791000 or 400, 791006 or 400)',
    '  5. on hcx: reply 503'
  ])
})

t.test('explain reports the errors of an invalid scenario', async t => {
  const { code, out, err } = await run(['explain', wrong])
  t.strictSame({ code, out }, { code: 2, out: '' })
  t.match(err, /^session-mock: scenario:1:1: titel: .*\nsession-mock: scenario:3:24: rules\[0\]\.call: .*\n$/)
})

t.test('schema prints the JSON Schema', async t => {
  const { code, out, err } = await runWithAll('schema')
  t.strictSame({ code, err }, { code: 0, err: '' })
  t.strictSame(JSON.parse(out), JSON.parse(readFileSync(join(folder, 'schema.json'), 'utf8')))
})

t.test('scenarios lists the shipped scenarios with titles', async t => {
  const { code, out, err } = await runWithAll('scenarios')
  t.strictSame({ code, err }, { code: 0, err: '' })
  const lines = out.trimEnd().split('\n')
  t.strictSame(
    lines.map(line => line.split(' ', 1)[0]),
    names
  )
  t.ok(
    lines.includes(
      'rate-limit                     After five calls the next three are refused as too many requests, with Retry-After'
    )
  )
})

const status = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/session`)
  await response.text()
  return response.status
}

t.test('a server applies the scenario of a file, a text or a shipped name', async t => {
  const path = fileOf(t, 'good.yaml', good)
  for (const said of [path, good]) t.equal(await status((await serving(t, '--scenario', said)).url), 503)
  const { url } = await serving(t, '--scenario', 'every-tenth-call-fails')
  const statuses: number[] = []
  for (const _call of Array(10).fill(0)) statuses.push(await status(url))
  t.strictSame(statuses, [401, 401, 401, 401, 401, 401, 401, 401, 401, 500])
})

t.test('a variable can be a path, a name or the text itself', async t => {
  const path = fileOf(t, 'good.yaml', good)
  for (const said of [path, 'outage', good, '{"title":"x"}']) {
    const { code, err } = await run(['--port', '0'], { env: { SESSION_MOCK_SCENARIO: said } })
    t.strictSame({ code, err }, { code: 0, err: '' })
  }
})

t.test('a server logs warnings for rules that never apply', async t => {
  const { out } = await serving(t, '--log', 'json', '--scenario', 'rules: [{ on: login, chance: 0, then: evict }]')
  t.match(out(), '"msg":"scenario:1:9: rules[0]: this rule never applies: its chance is 0"')
})

const refused: readonly (readonly [
  what: string,
  argv: readonly string[],
  env: Record<string, string>,
  said: RegExp
])[] = [
  ['a wrong text', ['--scenario', 'titel: x'], {}, /^session-mock: scenario:1:1: titel: unknown key [^\n]*\n$/],
  [
    'a wrong text in a variable',
    [],
    { SESSION_MOCK_SCENARIO: wrong },
    /^session-mock: scenario:1:1: [^\n]*\nsession-mock: scenario:3:24: [^\n]*\n$/
  ],
  [
    'a name that is like one',
    ['--scenario', 'outige'],
    {},
    /^session-mock: there is no file "outige", [^\n]*; did you mean outage\?\n$/
  ],
  ['a folder', ['--scenario', folder], {}, /^session-mock: [^\n]* is a folder; a scenario is one YAML or JSON file\n$/],
  [
    'a text that is to be watched',
    ['--watch', '--scenario', good],
    {},
    /^session-mock: --watch needs a scenario that is a file; this one was given as text\n$/
  ]
]

for (const [what, argv, env, said] of refused)
  t.test(`${what} is refused before any port opens`, async t => {
    const other = createServer()
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
    t.teardown(() => other.close())
    // The port is taken: were it tried, the exit code would be 3.
    const { port } = other.address() as AddressInfo
    const { code, out, err } = await run(['--port', String(port), ...argv], { env })
    t.strictSame({ code, out }, { code: 2, out: '' })
    t.match(err, said)
  })

t.test('scenarios, products and validate print JSON for programs', async t => {
  const scenarios = JSON.parse((await runWithAll('scenarios', '--json')).out).scenarios
  t.match(scenarios.find(({ name }: { name: string }) => name === 'outage').title, /./)
  const { products } = JSON.parse((await run(['products', '--json'])).out)
  t.match(
    products.find(({ name }: { name: string }) => name === 'cbrain'),
    { name: 'cbrain', title: 'CBRAIN', operations: [{ routes: [{ method: /./, path: /^\// }] }] }
  )
  const { code, out, err } = await run([
    'validate',
    '--json',
    'outage',
    'nowhere.yaml',
    'rules: [{ on: logn, then: expire }]'
  ])
  t.match({ code, err }, { code: 2, err: '' })
  t.match(JSON.parse(out).scenarios, [
    { file: 'outage', ok: true, errors: [] },
    { file: 'nowhere.yaml', ok: false, errors: [{ message: /^there is no file/ }] },
    { ok: false, errors: [{ line: 1, path: 'rules[0].on', message: /login/ }] }
  ])
})

t.test('no control character of a scenario, a file name or an argument reaches the terminal', async t => {
  const raw = '\u001b[2J\u009b31m\u202e\u2028\u{e0041}'
  const scenario = JSON.stringify({ title: `a ${raw} title`, rules: [{ on: 'login', name: raw, then: 'expire' }] })
  const wrong = JSON.stringify({ rules: [{ on: raw, name: raw, then: 'expire' }] })
  const strict = ['--strict', '--log-level', 'info', '--log', 'json', '--scenario', scenario, '--', 'true']
  for (const argv of [
    ['validate', scenario],
    ['validate', wrong],
    ['explain', scenario],
    ['explain', wrong],
    ['explain', raw],
    ['serve', '--port', '0', '--scenario', scenario],
    ['serve', `--host=${raw}`],
    ['exec', ...strict],
    ['exec', '--', raw],
    ['grill', raw],
    [raw]
  ]) {
    const { out, err } = await run(argv, { env: { PATH: process.env.PATH } })
    t.notMatch(out + err, /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}]/u, JSON.stringify(argv.slice(0, 2)))
    t.not(out + err, '')
  }
  t.match((await run(['explain', wrong])).err, String.raw`\u001b[2J\u009b31m\u202e\u2028\udb40\udc41`)
})
