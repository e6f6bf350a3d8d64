import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { headersOf } from '../../../src/store/log-input.js'
import { talk } from '../../support/serving.js'

t.test('headers are joined as Node.js joins them', async t => {
  const seen: { raw: readonly string[]; joined: object }[] = []
  const server = createServer((request, response) => {
    seen.push({ raw: request.rawHeaders, joined: request.headers })
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const lines = [
    'Host: a',
    'X-One: 1',
    'x-one: 2',
    'Cookie: a=1',
    'Cookie: b=2',
    'Set-Cookie: c',
    'Set-Cookie: d',
    'Authorization: first',
    'Authorization: second',
    'User-Agent: u',
    'User-Agent: v',
    '__proto__: x',
    'Accept: text/html',
    'Accept: */*',
    'Content-Type: a/b',
    'Content-Type: c/d',
    'Connection: close'
  ]
  await talk(url, `GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  const [request] = seen
  t.same(headersOf(request?.raw ?? []), request?.joined)
})
