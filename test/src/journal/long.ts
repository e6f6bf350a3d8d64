import t from 'tap'
import { steered } from '../../support/control.js'
import { form, json, type Request } from '../../support/driver.js'

const long = 'Ab1-'.repeat(8250)

t.test('a search by the whole text of a long token finds its row, and no other', async t => {
  const server = steered()
  for (const key of [long, `${long}x`])
    await server.send({ method: 'POST', url: '/session/ping', headers: form, payload: `session_key=${key}` })
  t.equal((await server.ask('POST /requests/count', { token: long })).body.count, 1)
  t.equal((await server.ask('POST /requests/count', { token: 'Ab1-…Ab1-' })).body.count, 1)
  t.equal((await server.ask('POST /requests/count', { token: `${long}y` })).body.count, 0)
})

t.test('a row has the beginning and the end of a long login, URL or reason', async t => {
  const server = steered()
  const username = 'u'.repeat(900_000)
  const payload = JSON.stringify({ username, password: 'x' })
  await server.send({ method: 'POST', url: '/ServicesAPI/API/V1/Session', headers: json, payload })
  const { text } = await server.ask('GET /requests')
  t.ok(text.length < 100_000, `${text.length} characters`)
})

t.test('a sent password is redacted in its whole row, and so is the token of another session', async t => {
  const server = steered()
  const url = '/ServicesAPI/API/V1/Session'
  const login: Request = {
    method: 'POST',
    url,
    headers: json,
    payload: JSON.stringify({ username: 'demo', password: 'demo' })
  }
  const { token } = JSON.parse((await server.send(login)).body) as { token: string }
  await server.send({
    method: 'POST',
    url: `${url}/${token}`,
    headers: { ...json, 'x-request-id': token, 'x-note': 'hunter2-hunter2' },
    payload: JSON.stringify({ username: 'demo', password: 'hunter2-hunter2' })
  })
  const { text } = await server.ask('GET /requests')
  t.notOk(text.includes(token))
  t.notOk(text.includes('hunter2'))
  t.ok(text.includes('"login":"demo"'))
})

t.test('a too large expression is refused when it is set', async t => {
  const server = steered()
  const { status } = await server.ask('POST /requests/find', { body: `/${'(?:a|b)?'.repeat(100_000)}/` })
  t.equal(status, 400)
})
