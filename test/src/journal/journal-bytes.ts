import t from 'tap'
import { steered } from '../../support/control.js'
import { form, json, type Request } from '../../support/driver.js'

const netbrainLogin = (username: string, password = 'x'): Request => ({
  method: 'POST',
  url: '/ServicesAPI/API/V1/Session',
  headers: json,
  payload: JSON.stringify({ username, password })
})

const videntityPing = (key: string): Request => ({
  method: 'POST',
  url: '/session/ping',
  headers: form,
  payload: `session_key=${key}`
})

/** A text of some `size` bytes that no other number gives. */
const large = (number: number, size: number) =>
  `${number}-`.repeat(Math.ceil(size / `${number}-`.length)).slice(0, size)

/** Requests with much text of their own. */
const floods: Readonly<Record<string, (number: number) => Request>> = {
  usernames: number => netbrainLogin(large(number, 60_000)),
  session_keys: number => videntityPing(large(number, 60_000)),
  'bodies with a token of their own': number => ({
    ...netbrainLogin(large(number, 60_000)),
    headers: { ...json, token: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` }
  })
}

for (const [what, request] of Object.entries(floods))
  t.test(`any number of requests with long ${what} stays within the limit`, async t => {
    const server = steered({ journalBytes: 200_000 })
    const { journal } = server.app.spaces.default
    for (let number = 0; number < 12; number += 1) {
      await server.send(request(number))
      t.ok(journal.bytes <= 200_000, `${journal.bytes} bytes`)
    }
    t.ok(journal.bytes > 50_000 && journal.size < 12, 'the newest rows are kept')
  })

t.test('dropped rows are counted, and the newest stay', async t => {
  const server = steered({ journalBytes: 300_000 })
  for (let number = 0; number < 20; number += 1) await server.send(netbrainLogin(large(number, 60_000)))
  const { body } = await server.ask('GET /requests')
  const { count, dropped, requests } = body as { count: number; dropped: number; requests: { number: number }[] }
  t.equal(count + dropped, 20)
  t.ok(count >= 3 && count <= 5, `${count} rows`)
  t.equal(requests.at(-1)?.number, 20)
  t.match((await server.ask('GET /metrics')).text, new RegExp(`session_mock_journal_dropped_total ${dropped}\n`))
})

t.test('repeated requests are counted once', async t => {
  const server = steered({ journalBytes: 300_000 })
  for (let number = 0; number < 100; number += 1) await server.send(netbrainLogin('demo', large(1, 60_000)))
  t.equal(server.app.spaces.default.journal.size, 100)
})

t.test('the journals of all spaces share the limit, and the largest drops rows', async t => {
  const server = steered({ journalBytes: 100_000 })
  const inSpace = (space: string, request: Request): Request => ({ ...request, url: `/~${space}${request.url}` })
  await server.send(inSpace('small', netbrainLogin('demo')))
  for (let number = 0; number < 30; number += 1)
    await server.send(inSpace(`large-${number % 3}`, netbrainLogin(large(number, 10_000))))
  const journals = server.app.spaces.list().map(({ journal }) => journal)
  t.ok(journals.reduce((sum, { bytes }) => sum + bytes, 0) <= 100_000)
  t.equal(server.app.spaces.find('small')?.journal.size, 1)
  for (const name of ['large-0', 'large-1', 'large-2']) t.ok((server.app.spaces.find(name)?.journal.size ?? 0) > 0)
})

t.test('a reset frees the bytes', async t => {
  const server = steered({ journalBytes: 1_000_000 })
  await server.send(netbrainLogin(large(1, 60_000)))
  await server.ask('POST /reset')
  t.equal(server.app.spaces.default.journal.bytes, 0)
  t.equal((await server.ask('GET /requests')).body.count, 0)
})

t.test('with a limit of 0 bytes nothing is kept', async t => {
  const server = steered({ journalBytes: 0 })
  await server.send(netbrainLogin('demo'))
  t.match((await server.ask('GET /requests')).body, { count: 0, dropped: 1 })
})

t.test('with accounts: any, a login over the maximum length is refused, and stored in no session', async t => {
  const server = steered({ anyone: true })
  t.equal((await server.send(netbrainLogin('u'.repeat(1025)))).statusCode, 401)
  t.equal((await server.ask('GET /sessions')).body.count, 0)
  await server.send(netbrainLogin('u'.repeat(1024)))
  t.equal((await server.ask('GET /sessions')).body.count, 1)
})
