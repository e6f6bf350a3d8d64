import { execFile } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { installed, printed } from '../support/checkout.js'

const { project } = await installed(t, { type: 'module' })
const packages = ['vitest', 'jsdom', 'happy-dom', 'jest', 'jest-environment-jsdom']
const npm = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-save', ...packages]
const skip = await promisify(execFile)('npm', npm, { cwd: project }).then(
  () => false as const,
  (error: Error) =>
    `skipped: ${packages.join(', ')} cannot be installed: ${error.message.split('\n')[1] ?? error.message}`
)

/** A session over the library and over a connection, with everything that waits, counts, copies and searches. */
const story = `
export const play = async ({ connect, start }, expect) => {
  const mock = await start({
    httpsPort: 0,
    scenario: { rules: [{ on: 'cbrain.session', then: [{ hold: 'gate' }, { delay: '1ms' }] }] }
  })
  for (const client of [mock, await connect(mock.url())]) {
    const space = client.space('a')
    const form = new URLSearchParams({ login: 'demo', password: 'demo' })
    expect((await space.inject({ method: 'POST', url: '/session', payload: form })).statusCode).toBe(200)
    const payload = { username: 'demo', password: 'demo' }
    expect((await space.inject({ method: 'POST', url: '/api/admin/v1/sessions', payload })).statusCode).toBe(200)
    const held = space.inject('/session')
    await space.holds.wait('gate', { within: '1m' })
    await space.holds.release('gate')
    expect((await held).statusCode).toBe(401)
    await space.clock.advance('25h')
    await space.restore(await space.snapshot({ rows: true }))
    await space.requests.wait({ path: '/^.sess/' }, { count: 9, within: 1 })
    await space.verify({ operation: 'login', count: 2 })
    await space.scenario.set({ rules: [{ on: 'login', when: { login: '/^x/' }, then: 'expire' }] })
    await space.stop()
  }
  await mock.stop()
  await expect(start({ tlsCert: '/nowhere.pem', tlsKey: '/nowhere.pem', httpsPort: 0 })).rejects.toThrow('nowhere.pem')
}
`
await writeFile(`${project}/story.js`, story)
await writeFile(
  `${project}/session.test.js`,
  `import { expect, test } from 'vitest'
import * as library from 'session-mock'
import { play } from './story.js'
test('a session', () => play(library, expect))`
)
await writeFile(`${project}/story.cjs`, story.replace('export const play', 'exports.play'))
await writeFile(
  `${project}/session.jest.cjs`,
  `const library = require('session-mock')
const { play } = require('./story.cjs')
test('a session', () => play(library, expect))`
)

for (const environment of ['node', 'jsdom', 'happy-dom'])
  for (const pool of ['forks', 'threads', 'vmForks', 'vmThreads'])
    t.test(`it works in Vitest's environment ${environment}, in the pool ${pool}`, { skip }, async t => {
      const flags = ['--environment', environment, '--pool', pool, '--testTimeout', '120000']
      const said = await printed(project, 'npx', 'vitest', 'run', ...flags, 'session.test.js')
      t.match(said, /1 passed/)
    })

for (const environment of ['node', 'jsdom'])
  t.test(`it works in Jest's environment ${environment}`, { skip }, async t => {
    const flags = [`--env=${environment}`, '--testTimeout=120000', '--testMatch', '**/session.jest.cjs', '--json']
    const said = await printed(project, 'npx', 'jest', ...flags)
    t.match(JSON.parse(said), { numPassedTests: 1, numFailedTests: 0 })
  })

t.test('the example for Vitest with one server for all workers passes', { skip }, async t => {
  const examples = fileURLToPath(new URL('../../examples', import.meta.url))
  await cp(examples, `${project}/examples`, { recursive: true })
  const [, command = ''] =
    /^\/\/ Run with: (.*)$/m.exec(await readFile(`${examples}/vitest/vitest.config.js`, 'utf8')) ?? []
  t.match(await printed(project, 'npx', ...command.split(' ')), /1 passed/)
})
