import { once } from 'node:events'
import { request } from 'node:http'
import { mock } from 'node:test'
import { install } from '@sinonjs/fake-timers'
import t from 'tap'
import { type Client, start } from '../../../src/index.js'

t.test('a server works under fake timers, also for its first request, and after them', async t => {
  const server = await start({ port: 0 })
  t.teardown(() => server.stop())
  const status = async () => {
    const [response] = await once(request(`${server.url('cbrain')}/session`).end(), 'response')
    return response.resume().statusCode
  }
  mock.timers.enable()
  t.equal(await status(), 401)
  mock.timers.reset()
  t.equal(await status(), 401)
})

t.test('it works under the fake timers of Jest, Vitest and Sinon, installed before or after its start', async t => {
  // Node's own HTTP needs process.nextTick: where that is a fake too, a bare server does not answer either.
  const toFake = [
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
    'Date',
    'performance',
    'hrtime'
  ] as const
  const answers = async (server: Client) => {
    const [response] = await once(
      request(`${server.url('hcx')}/api/admin/v1/sessions`, { agent: false }).end(),
      'response'
    )
    t.equal(response.resume().statusCode, 401)
    t.equal((await server.inject('/session')).statusCode, 401)
    t.equal(await server.requests.count(), 2)
    await server.reset()
  }
  const early = install({ toFake: [...toFake] })
  const server = await start()
  t.teardown(() => server.stop())
  await answers(server)
  early.uninstall()
  await answers(server)
  const late = install({ toFake: [...toFake] })
  await answers(server)
  const { setImmediate: fake } = globalThis
  t.ok('clock' in fake, 'the fakes are there again for the test')
  late.uninstall()
})
