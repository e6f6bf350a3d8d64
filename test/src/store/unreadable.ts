import t from 'tap'
import { start } from '../../../src/index.js'
import type { Driver } from '../../support/driver.js'
import { drivers } from '../../support/drivers.js'
import { engineCommand, engineProcess, noEngine } from '../../support/engine-process.js'
import { ask } from '../../support/serving.js'

const [, , driver] = drivers as [Driver, Driver, Driver]

/** Damages the keys of a space in the engine. */
type Damage = (send: (...words: string[]) => Promise<string>, key: (part: string) => string) => Promise<unknown>

const damages: readonly (readonly [name: string, damage: Damage, words: RegExp, when?: 'running'])[] = [
  [
    'an invalid checkpoint',
    async (send, key) => {
      await send('SET', key('checkpoint'), '{"place":1,"snapshot":{}}')
      await send('HSET', key('meta'), 'first', '2')
    },
    /cannot be read: this is not a snapshot/
  ],
  [
    'half a checkpoint',
    async (send, key) => {
      await send('SET', key('checkpoint'), '{"place":1,"snap')
      await send('HSET', key('meta'), 'first', '2')
    },
    /cannot be read: .*JSON/
  ],
  [
    'a lost checkpoint',
    (send, key) => send('HSET', key('meta'), 'first', '2'),
    /cannot be read: its checkpoint is missing/
  ],
  [
    'an invalid input',
    (send, key) => send('XADD', key('log'), '90-0', 't', '1', 'i', '{"type'),
    /an input of its log is invalid/
  ],
  ['a lost log', (send, key) => send('DEL', key('log')), /a part of its log is missing/],
  [
    'another kind of value',
    async (send, key) => {
      await send('DEL', key('meta'))
      await send('SET', key('meta'), 'x')
    },
    /holds something else/,
    // A start refuses keys of others.
    'running'
  ],
  [
    'a first input with a scenario that is not shipped any more',
    async (send, key) => {
      await send('DEL', key('log'))
      await send(
        'XADD',
        key('log'),
        '1-0',
        't',
        '1',
        'i',
        '{"type":"begin","secret":"s","scenario":{"shipped":"gone"}}'
      )
      await send('HSET', key('meta'), 'seq', '1')
    },
    /cannot be read: .*gone/
  ]
]

for (const broken of ['broken', 'default'])
  for (const [name, damage, words, when] of damages)
    t.test(`a space with ${name} does not affect the others: ${broken}`, { skip: noEngine }, async t => {
      const { url: store, port } = await engineProcess(t)
      const at = (space: string, request: ReturnType<Driver['login']>) =>
        space === 'default' ? request : { ...request, url: `/~${space}${request.url}` }
      const before = await start({ store, logLevel: 'silent' })
      for (const space of [broken, 'healthy']) await ask(before.url(), at(space, driver.login()))
      await before.stop()
      const send = (...words: string[]) => engineCommand(port, ...words)
      const harm = () => damage(send, part => `session-mock:1:{${broken}}:${part}`)
      if (when !== 'running') await harm()

      const replica = await start({ store, logLevel: 'silent' })
      t.teardown(() => replica.stop())
      if (when === 'running') await harm()
      const url = replica.url()
      const admin = async (line: string) => {
        const [method = '', path = ''] = line.split(' ')
        const response = await fetch(`${url}/__admin${path}`, { method })
        return { status: response.status, body: await response.json() }
      }
      t.ok(driver.succeeded(await ask(url, at('healthy', driver.login()))), 'a login in another space')
      t.match(await admin('GET /sessions?space=healthy'), { status: 200, body: { count: 2 } })
      t.equal((await ask(url, at(broken, driver.login()))).statusCode, 503)
      t.match(await admin(`GET /sessions?space=${broken}`), { status: 503, body: { detail: words } })
      t.match(
        await admin('GET /sessions'),
        broken === 'default' ? { status: 503 } : { status: 200, body: { count: 2 } }
      )
      t.match(
        await admin('GET /ready'),
        broken === 'default' ? { status: 503, body: { reason: words } } : { status: 200 }
      )
      t.match(await admin(`POST /reset?space=${broken}`), { status: 200, body: { reset: [broken] } })
      t.ok(driver.succeeded(await ask(url, at(broken, driver.login()))), 'a login after the reset')
      t.match(await admin('GET /sessions'), { status: 200, body: { count: 3 } })
      t.equal((await admin('GET /ready')).status, 200)
    })
