import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import t from 'tap'
import { clientOf } from '../../../support/control.js'
import { ask, serving } from '../../../support/serving.js'
import { until } from '../../../support/until.js'

const hcx = clientOf('hcx')

t.test('at most a thousand listeners are accepted, and a disconnect makes room', async t => {
  const { url } = await serving(t)
  const sent: ClientRequest[] = []
  t.teardown(() => {
    for (const each of sent) each.destroy()
  })
  const statuses = await new Promise<number[]>(resolve => {
    const received: number[] = []
    while (sent.length < 1003)
      sent.push(
        request(`${url}/__admin/events`)
          .on('error', () => undefined)
          .on('response', ({ statusCode = 0 }) => {
            if (received.push(statusCode) === 1003) resolve(received)
          })
          .end()
      )
  })
  t.equal(statuses.filter(status => status === 200).length, 1000)
  t.equal(statuses.filter(status => status === 503).length, 3)
  const one = () => ask(url, { method: 'GET', url: '/__admin/events' })
  t.match(JSON.parse((await one()).body), {
    title: 'Too many listeners',
    detail: '1000 clients are listening already; close one of them.'
  })
  t.equal((await ask(url, { method: 'GET', url: '/__admin/health' })).statusCode, 200)
  for (const each of sent) each.destroy()
  // It takes a keep-alive comment or two, of 15 seconds each, to see that a client has left.
  await until(async () => {
    const again = request(`${url}/__admin/events`).on('error', () => undefined)
    again.end()
    const [{ statusCode }] = (await once(again, 'response')) as [IncomingMessage]
    again.destroy()
    return statusCode === 200
  }, 120_000)
})

t.test('a slow listener is disconnected before it fills the memory, and others are not affected', async t => {
  const { url } = await serving(t)
  const { hostname, port } = new URL(url)
  const unread = connect({ host: hostname, port: Number(port) }).pause()
  t.teardown(() => unread.destroy())
  unread.write('GET /__admin/events HTTP/1.1\r\nhost: test\r\n\r\n')
  let received = 0
  const good = request(`${url}/__admin/events?space=default`)
    .on('error', () => undefined)
    .on('response', response => {
      response.setEncoding('utf8').on('data', (text: string) => {
        received += text.match(/^event:/gm)?.length ?? 0
      })
    })
    .end()
  t.teardown(() => good.destroy())
  await once(good, 'response')
  for (let each = 0; each < 300; each += 1)
    await ask(url, {
      ...hcx.use(''),
      headers: {},
      url: `/${'x'.repeat(8000)}`,
      payload: 'y'.repeat(60_000),
      method: 'POST'
    })
  await until(() => received >= 300)
  let bytes = 0
  unread.on('data', chunk => {
    bytes += chunk.length
  })
  await once(unread.resume(), 'close')
  t.ok(bytes < 15_000_000, `it has received ${bytes} bytes of 20 million`)
  await ask(url, { method: 'PUT', url: '/__admin/clock', payload: '{"action":"run"}' })
  await until(() => received >= 301)
})
