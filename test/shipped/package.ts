import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import pkg from '../../package.json' with { type: 'json' }
import { installed, printed } from '../support/checkout.js'

const { project, npm } = await installed(t)
const packed = `${project}/node_modules/session-mock`
const root = fileURLToPath(new URL('../../', import.meta.url))

const page = await readFile(`${root}docs/library.md`, 'utf8')
const example = (language: string) =>
  new RegExp(`\`\`\`${language}\n([^\`]*(?:\`[^\`]+)*?)\`\`\``).exec(page)?.[1] ?? ''

t.test('npm reports no warning', async t => {
  t.equal(npm.stderr, '')
  t.match(npm.stdout, /^\s*added 1 package in \S+\s*$/)
})

t.test('every link in its pages has a target in it', async t => {
  const files = await readdir(packed, { recursive: true })
  const pages = files.filter(file => file.endsWith('.md'))
  t.ok(pages.length > 8)
  const texts = new Map<string, string>()
  for (const page of pages)
    texts.set(page, (await readFile(`${packed}/${page}`, 'utf8')).replace(/^ *```[\s\S]*?^ *```/gm, ''))
  const broken = pages.flatMap(page =>
    linksOf(texts.get(page) ?? '')
      .filter(link => {
        const [path = '', anchor] = link.split('#', 2)
        const target = path === '' ? page : join(dirname(page), path)
        if (!files.includes(target.replace(/\/$/, ''))) return true
        return anchor !== undefined && !anchorsOf(texts.get(target) ?? '').includes(anchor)
      })
      .map(link => `${page}: ${link}`)
  )
  t.strictSame(broken, [])
})

/** Links that are not into the web. */
const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)|(?:href|src)="([^"]+)"/g)]
    .map(([, markdown, html]) => markdown ?? html ?? '')
    .filter(link => !/^\w+:/.test(link))

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')
  )

t.test('the package has no dependencies', async t => {
  t.same(
    (await readdir(`${project}/node_modules`)).filter(name => !name.startsWith('.')),
    ['session-mock']
  )
})

t.test('the package has the code that was built, and neither sources of code nor tests', async t => {
  const files = await readdir(packed, { recursive: true })
  const code = files.filter(name => /\.(?:m?js|ts)$/.test(name) && !name.startsWith('examples'))
  t.ok(code.length > 10)
  for (const name of code) t.match(name, /^dist\//)
})

t.test('the first example works in an empty folder, as an ES module', async t => {
  const text = example('js')
  t.match(text, "import { start } from 'session-mock'")
  await writeFile(`${project}/example.mjs`, text)
  t.equal(await printed(project, process.execPath, 'example.mjs'), '')
})

t.test('the example for CommonJS works likewise', async t => {
  await writeFile(`${project}/example.cjs`, example('cjs'))
  t.match(await printed(project, process.execPath, 'example.cjs'), /^http:\/\/127\.0\.0\.1:\d+\n$/)
})

t.test('ES modules and CommonJS share one library', async t => {
  await writeFile(
    `${project}/both.mjs`,
    `import { createRequire } from 'node:module'
import { ControlError, start } from 'session-mock'
const required = createRequire(import.meta.url)('session-mock')
const mock = await required.start({ port: false, scenario: 'outage', log: 'pretty', output: process.stdout })
await mock.holds.release('nothing').catch(error => console.log(error instanceof ControlError, required.start === start))
await mock.inject('/session')
await mock.stop()
`
  )
  t.match(await printed(project, process.execPath, 'both.mjs'), /^true true\n.* cbrain /)
})

t.test('an import has no effect, and prints nothing', async t => {
  t.equal(await printed(project, process.execPath, '--trace-warnings', '-e', "require('session-mock')"), '')
})

t.test('the command is installed by its name', async t => {
  t.equal(await printed(project, 'npx', '--offline', 'session-mock', '--version'), `${pkg.version}\n`)
})

t.test('the types work for both kinds of module', async t => {
  const use = (language: string) => `${language}
const use = async (): Promise<void> => {
  const mock: Client = await start({ port: false, scenario: { rules: [{ on: '*', then: 'expire' }] } })
  const [row] = await mock.requests.find({ outcome: 'refused' })
  const reason: string | undefined = row?.why?.reason
  await using other = await connect(mock.url('cbrain'), { token: reason ?? '' })
  const now: Date = await other.clock.advance('31m')
  // @ts-expect-error There is no such option.
  await start({ prot: now })
}
void use
`
  const face = 'import { type Client, connect, start } from "session-mock"'
  await writeFile(`${project}/use.mts`, use(face))
  await writeFile(`${project}/use.cts`, use(face))
  await compile(t, ['use.mts', 'use.cts'])
})

t.test('every snippet of its pages compiles, as TypeScript too', async t => {
  await symlink(`${root}node_modules/@types`, `${project}/node_modules/@types`)
  await symlink(`${root}node_modules/undici-types`, `${project}/node_modules/undici-types`)
  /** What the README leaves to its example. */
  const rest = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from 'session-mock'
declare const mock: Client
declare class CbrainClient { constructor(url: string, login: string, password: string); whoAmI(): Promise<number> }
`
  const readme = await readFile(`${root}README.md`, 'utf8')
  const snippets = [
    ...snippetsOf(page),
    ...snippetsOf(readme).map(({ ending, text }) => ({ ending, text: `${rest}${text}` }))
  ]
  t.equal(snippets.length, 7)
  const files = snippets.map(({ ending }, index) => `snippet-${index}.${ending}`)
  await Promise.all(snippets.map(({ text }, index) => writeFile(`${project}/${files[index]}`, text)))
  await compile(t, files, { types: ['node'], skipLibCheck: true })
})

const snippetsOf = (page: string) =>
  [...page.matchAll(/^```(js|cjs|ts)\n(.*?)^```$/gms)].map(([, language, text = '']) => ({
    ending: language === 'cjs' ? 'cts' : 'mts',
    text
  }))

/** The compiler has nothing to say of these files. */
const compile = async (t: Test, files: readonly string[], options: object = {}): Promise<void> => {
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2022',
    lib: ['ES2022'],
    types: [],
    strict: true,
    noEmit: true,
    skipDefaultLibCheck: true,
    ...options
  }
  await writeFile(`${project}/tsconfig.json`, JSON.stringify({ compilerOptions, files }))
  t.equal(await printed(project, `${root}node_modules/.bin/tsc`, '-p', '.'), '')
}

t.test('a typing error in a name does not compile', async t => {
  const right = `
const names = ['cbrain', 'hcx'] as const
for (const name of names) mock.url(name)
const target: RuleTarget = 'hcx.login'
const product: ProductName | undefined = row?.product
const refusal: ReasonName | undefined = row?.why?.reason
await mock.requests.count({ product: 'cbrain', operation: '/^log/', reason: 'expired', failure: '/^no-/i', fault: 'reset' })
await mock.scenario.set({ rules: [{ on: [target, 'login'], then: [{ fail: 'forbidden' }, 'expire', { connection: 'EMPTY_RESPONSE' }] }] })
await mock.scenario.set({ accounts: [{ login: 'a', password: 'b', cbrain: {} }], products: { hcx: { idle: '5m' } } })
void product, refusal`
  const wrong = [
    "mock.url('cbrian')",
    "mock.sessions.open({ product: 'cbrian', login: 'demo' })",
    "mock.sessions.list({ product: 'cbrian' })",
    "mock.scenario.set({ rules: [{ on: 'lgoin', then: 'expire' }] })",
    "mock.scenario.set({ rules: [{ on: ['cbrain.lgoin'], then: 'expire' }] })",
    "mock.scenario.set({ rules: [{ on: 'login', then: 'exipre' }] })",
    "mock.scenario.set({ rules: [{ on: 'login', then: { fail: 'no-sesion' } }] })",
    "mock.scenario.set({ rules: [{ on: 'login', then: { connection: 'rest' } }] })",
    'mock.scenario.set({ products: { cbrian: {} } })',
    "mock.scenario.set({ sessions: [{ product: 'cbrian', login: 'demo' }] })",
    "mock.scenario.set({ accounts: [{ login: 'a', password: 'b', cbrian: {} }] })",
    "mock.requests.find({ product: 'cbrian' })",
    "mock.requests.wait({ operation: 'logn' })",
    "mock.verify([{ operation: 'logn', count: 0 }])",
    "mock.requests.count({ reason: 'exprd' })",
    "mock.requests.count({ failure: 'no-sesion' })",
    "mock.requests.count({ fault: 'rest' })",
    "mock.requests.count({ method: 'PSOT' })",
    "mock.requests.count({ outcome: 'refusd' })",
    "start({ products: ['cbrian'] })",
    'start({ listen: { cbrian: 0 } })',
    "start({ fidelity: { cbrian: 'observed' } })",
    "row?.operation === 'logn'"
  ]
  const text = `import { type Client, type JournalRow, type ProductName, type ReasonName, type RuleTarget, start } from "session-mock"
export const use = async (mock: Client, row?: JournalRow): Promise<void> => {${right}
${wrong.map(line => `// @ts-expect-error\nvoid (${line})`).join('\n')}
}
`
  await writeFile(`${project}/names.mts`, text)
  await compile(t, ['names.mts'])
})

t.test('it uses no global that an environment such as jsdom removes or replaces', async t => {
  const replaced =
    'AbortController AbortSignal Event EventTarget URL URLSearchParams TextEncoder TextDecoder fetch Headers Request Response FormData Blob ' +
    'File structuredClone performance crypto atob btoa setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate ' +
    'MessageChannel BroadcastChannel WebSocket DOMException navigator'
  const script = `
    const form = new URLSearchParams({ login: 'demo', password: 'demo' })
    for (const name of '${replaced}'.split(' ')) {
      const value = function () { throw new Error('the global ' + name + ' is used') }
      Object.defineProperty(globalThis, name, { value, configurable: true })
    }
    const { connect, start } = require('session-mock')
    const run = async () => {
      const mock = await start({
        httpsPort: 0,
        scenario: { rules: [{ on: 'cbrain.session', then: [{ hold: 'gate' }, { delay: '1ms' }] }] }
      })
      for (const client of [mock, await connect(mock.url())]) {
        const space = client.space('a')
        const logins = [
          { url: '/session', payload: form },
          { url: '/api/admin/v1/sessions', payload: { username: 'demo', password: 'demo' } }
        ]
        for (const login of logins) console.log((await space.inject({ method: 'POST', ...login })).statusCode)
        const held = space.inject('/session')
        await space.holds.wait('gate', { within: '1m' })
        await space.holds.release('gate')
        console.log((await held).statusCode)
        await space.clock.advance('25h')
        await space.restore(await space.snapshot({ rows: true }))
        await space.requests.wait({ path: '/^.sess/' }, { count: 9, within: 1 })
        await space.verify({ operation: 'login', count: 2 })
        await space.scenario.set({ rules: [{ on: 'login', when: { login: '/^x/' }, then: 'expire' }] })
        await space.stop()
      }
      await mock.stop()
      console.log('stopped')
    }
    run()`
  t.equal(await printed(project, process.execPath, '-e', script), `${'200\n200\n401\n'.repeat(2)}stopped\n`)
})

t.test('the licence text of each bundled package is included', async t => {
  const text = await readFile(`${packed}/dist/THIRD-PARTY.txt`, 'utf8')
  const [, ...parts] = text.split(`\n${'-'.repeat(80)}\n`)
  const found = new Map(parts.map(part => [/^(\S+) [\d.]+ \([^)]+\)\n\n/.exec(part)?.[1], part]))
  for (const name of [
    'fastify',
    '@fastify/busboy',
    'xmlbuilder2',
    'pino',
    'commander',
    'yaml',
    're2js',
    'abstract-logging'
  ])
    t.ok(found.has(name), name)
  const licences = /Permission is hereby granted|Redistribution and use|Permission to use, copy|Apache License|Blue Oak/
  t.strictSame(
    [...found].filter(([name, part]) => name === undefined || !licences.test(part)).map(([name]) => name),
    []
  )
})
