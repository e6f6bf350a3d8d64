import t from 'tap'
import { converse } from './fuzz/connection.js'
import { checkResponse } from './fuzz/product-response.js'
import { bytesOf, type FuzzRequest } from './fuzz/request.js'
import { readResponses } from './fuzz/responses.js'
import { wired } from './support/wire.js'

const request = (over: Partial<FuzzRequest> = {}): FuzzRequest => ({
  method: 'GET',
  target: '/session',
  headers: [],
  body: '',
  framing: 'length',
  ...over
})

t.test('the fuzzer reads pipelined responses, and detects invalid HTTP', async t => {
  const whole = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
  t.strictSame(
    readResponses(whole + chunked, ['GET', 'GET']).responses.map(({ status, body }) => [status, body]),
    [
      [200, 'hi'],
      [200, 'abc']
    ]
  )
  t.equal(readResponses('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', ['HEAD']).responses.length, 1)
  t.match(readResponses(whole.slice(0, -1), ['GET']), { responses: [], broken: undefined })
  for (const bytes of [`${whole}\x16\x03`, 'HTTP/1.1 twohundred\r\n\r\n', `${chunked.slice(0, -5)}zz\r\n`])
    t.ok(readResponses(bytes, ['GET', 'GET']).broken, JSON.stringify(bytes))
})

t.test('the fuzzer distinguishes responses of products and of the framework, and unrequested errors', async t => {
  const judged =
    (status: number, body: string, target = '/ServicesAPI/API/V1/Session') =>
    () =>
      checkResponse({ status, headers: '', body }, request({ target }))
  const framework = '{"statusCode":404,"error":"Not Found","message":"Route GET:/x not found"}'
  t.throws(judged(404, framework), /^the framework's response: /)
  t.throws(judged(400, 'Bad Request'), /^the framework's response: /)
  t.throws(judged(404, '{"status":404,"error":"Not Found"}', '/api/admin/v1/sessions'), /^the framework's response: /)
  t.throws(judged(500, '', '/session'), /^an unrequested server error: /)
  t.doesNotThrow(judged(404, '{"statusCode":793404,"statusDescription":"No resource"}'))
})

t.test('pipelined requests of the fuzzer are handled in order', async t => {
  const { port } = await wired(t)
  const requests = [
    request(),
    request({ method: 'HEAD' }),
    request({ target: '/nowhere', body: 'x', framing: 'chunked' })
  ]
  const methods = requests.map(({ method }) => method)
  const pieces = requests.map((each, index) => bytesOf(each, index === requests.length - 1))
  const received = await converse(port, { pieces, methods, ending: 'wait', due: 3 })
  t.strictSame(
    readResponses(received.bytes, methods).responses.map(({ status }) => status),
    [401, 401, 404]
  )
})
