import t from 'tap'
import { curlOf } from '../../../src/dashboard/curl.js'
import { bytes, dateTime, duration, plural, timeOfDay, visible } from '../../../src/dashboard/format.js'
import { isBinary, prettyBody } from '../../../src/dashboard/pretty.js'
import { row } from '../../support/dashboard-rows.js'

t.test('durations have two parts at most', async t => {
  for (const [ms, text] of [
    [0, '0ms'],
    [999, '999ms'],
    [1500, '1.5s'],
    [29 * 60_000 + 50_000, '29m 50s'],
    [26 * 3_600_000 + 61_000, '1d 2h'],
    [-60_000, '-1m']
  ] as const)
    t.equal(duration(ms), text)
})

t.test('times are in UTC, and sizes and counts in words', async t => {
  const ms = Date.parse('2026-11-25T14:03:07.120Z')
  t.equal(timeOfDay(ms), '14:03:07.120')
  t.equal(dateTime(ms), '2026-11-25 14:03:07')
  t.equal(dateTime(Number.NaN), '')
  t.strictSame([bytes(1023), bytes(1_000_046), bytes(3_000_000)], ['1023 B', '976.6 KB', '2.9 MB'])
  t.strictSame([plural(1, 'request'), plural(1101, 'request')], ['1 request', '1,101 requests'])
})

t.test('invisible characters and those for the text direction are shown as code points', async t => {
  t.equal(visible('user\u202egnp.exe\u2066\u200b'), 'user⟨U+202E⟩gnp.exe⟨U+2066⟩⟨U+200B⟩')
  t.equal(visible('דמו\n\tx'), 'דמו\n\tx')
  t.equal(visible('\u0000'), '⟨U+0000⟩')
})

t.test('JSON and XML bodies are indented, others are unchanged', async t => {
  t.equal(prettyBody('{"a":[1,{"b":"c"}]}'), '{\n  "a": [\n    1,\n    {\n      "b": "c"\n    }\n  ]\n}')
  t.equal(prettyBody('<a><b x="1">c</b><d><e/></d></a>'), '<a>\n  <b x="1">c</b>\n  <d>\n    <e/>\n  </d>\n</a>')
  for (const body of ['login=demo&password=demo', '{"a":', '']) t.equal(prettyBody(body), body)
})

t.test('a body with control characters, or many that are no UTF-8, is binary', async t => {
  t.ok(isBinary('a\u0001'))
  t.ok(isBinary('\ufffd\ufffdab'))
  t.notOk(isBinary('a\tb\r\n'))
})

t.test('the command for curl repeats the request in its space', async t => {
  const request = {
    line: 'PUT /none?a=b%20c HTTP/1.1',
    headers: { host: 'x', 'content-length': '8', 'x-note': "it's", 'X-Mock-Space': 'w1' },
    body: '{"a": 1}'
  }
  t.equal(
    curlOf(row({ method: 'PUT', space: 'w1', request }), 'http://127.0.0.1:4100'),
    `curl -X PUT -H 'x-note: it'\\''s' --data-raw '{"a": 1}' 'http://127.0.0.1:4100/~w1/none?a=b%20c'`
  )
  const simple = (method: string) =>
    curlOf(row({ method, request: { line: `${method} /session HTTP/1.1`, headers: {} } }), 'http://127.0.0.1:4100')
  t.equal(simple('GET'), 'curl http://127.0.0.1:4100/session')
  t.equal(simple('HEAD'), 'curl -I http://127.0.0.1:4100/session')
  t.equal(simple('POST'), 'curl -X POST http://127.0.0.1:4100/session')
})
