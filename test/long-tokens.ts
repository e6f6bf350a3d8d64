import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import t, { type Test } from 'tap'
import { startCommand } from './support/command.js'
import { form, json, type Request } from './support/driver.js'
import { ask } from './support/serving.js'

const long = 'Ab1-'.repeat(8250)

/** Requests with a token of 33,000 characters, and what each product says to it. */
const carried: Readonly<Record<string, { request: Request; status: number; words: RegExp | '' }>> = {
  'a session_key of Videntity': {
    request: { method: 'POST', url: '/session/ping', headers: form, payload: `session_key=${long}` },
    status: 200,
    words: /SESSION_DOES_NOT_EXIST/
  },
  'a token in a URL of CBRAIN': {
    request: { method: 'GET', url: `/session?cbrain_api_token=${long}`, headers: {} },
    status: 401,
    words: ''
  },
  'a token in a form of CBRAIN': {
    request: { method: 'GET', url: '/session', headers: form, payload: `cbrain_api_token=${long}` },
    status: 401,
    words: ''
  },
  'a token in a body of NetBrain': {
    request: {
      method: 'DELETE',
      url: '/ServicesAPI/API/V1/Session',
      headers: json,
      payload: JSON.stringify({ token: long })
    },
    status: 401,
    words: /795005/
  },
  'a header of HCX': {
    request: { method: 'GET', url: '/api/admin/v1/sessions', headers: { 'x-hm-authorization': long } },
    status: 401,
    words: /INVALID_SESSION_TOKEN|not found/
  }
}

/** A client that follows what happens, and what it has received. */
const listening = async (t: Test, url: string) => {
  const sent = httpRequest(`${url}/__admin/events`).end()
  const [response] = await once(sent, 'response')
  const received = { text: '' }
  response.setEncoding('utf8').on('data', (text: string) => {
    received.text += text
  })
  t.teardown(() => sent.destroy())
  return received
}

for (const argv of [
  ['--log', 'pretty'],
  ['--log', 'json'],
  ['--log', 'json', '--log-level', 'silent']
])
  t.test(`tokens of 33,000 characters are refused, and abbreviated: ${argv.join(' ')}`, async t => {
    const flags = ['--port', '0', '--max-header-size', '65536', ...argv]
    const { url, stop, out, err } = await startCommand(t, flags)
    const received = await listening(t, url)
    for (const [what, { request, status, words }] of Object.entries(carried)) {
      // Node sends no length with a GET or a DELETE by itself.
      const length = { 'content-length': String(request.payload?.length ?? 0) }
      const { statusCode, body } = await ask(url, { ...request, headers: { ...request.headers, ...length } })
      t.equal(statusCode, status, what)
      if (words === '') t.equal(body, '', what)
      else t.match(body, words, what)
    }
    const rows = (await ask(url, { method: 'GET', url: '/__admin/requests' })).body
    t.equal(rows.match(/"token":"Ab1-…Ab1-"/g)?.length, Object.keys(carried).length)
    t.equal(await stop(), 0)
    for (const text of [out(), err(), received.text, rows]) t.notMatch(text, 'Ab1-'.repeat(8))
    t.match(received.text, /Ab1-…Ab1-/)
  })
