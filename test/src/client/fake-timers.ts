import { once } from 'node:events'
import { request } from 'node:http'
import { mock } from 'node:test'
import t from 'tap'
import { start } from '../../../src/index.js'

t.test('a server answers under fake timers, also its first request, and after them', async t => {
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
