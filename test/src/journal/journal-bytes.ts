import t from 'tap'
import { steered } from '../../support/control.js'
import { form, json, type Request } from '../../support/driver.js'
import { livingBytes } from '../../support/heap.js'

const megabyte = 1_048_576

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

/** By name, with the number of requests that are measured: together longer than the bound on growth. */
const floods: Readonly<Record<string, readonly [count: number, request: (number: number) => Request]>> = {
  'usernames of 1 MB': [30, number => netbrainLogin(large(number, 1_000_000))],
  'session_keys of 1 MB': [30, number => videntityPing(large(number, 1_000_000))],
  'bodies of 64 KB': [140, number => netbrainLogin(large(number, 60_000))],
  'bodies of 64 KB, each with a token of its own': [
    140,
    number => ({
      ...netbrainLogin(large(number, 60_000)),
      headers: { ...json, token: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` }
    })
  ]
}

for (const [what, [count, request]] of Object.entries(floods))
  t.test(`requests with ${what} leave the memory flat`, async t => {
    const server = steered({ journalBytes: 4 * megabyte })
    const send = async (from: number, to: number) => {
      for (let number = from; number < to; number += 1) await server.send(request(number))
    }
    await send(0, count + 20)
    const before = await livingBytes()
    await send(count + 20, 2 * count + 20)
    const grown = (await livingBytes()) - before
    t.ok(grown < 6 * megabyte, `${grown} bytes more`)
    t.ok(server.app.spaces.default.journal.bytes <= 4 * megabyte)
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
  const server = steered({ journalBytes: megabyte })
  const inSpace = (space: string, request: Request): Request => ({ ...request, url: `/~${space}${request.url}` })
  await server.send(inSpace('small', netbrainLogin('demo')))
  for (let number = 0; number < 300; number += 1)
    await server.send(inSpace(`large-${number % 3}`, netbrainLogin(large(number, 60_000))))
  const journals = server.app.spaces.list().map(({ journal }) => journal)
  t.ok(journals.reduce((sum, { bytes }) => sum + bytes, 0) <= megabyte)
  t.equal(server.app.spaces.find('small')?.journal.size, 1)
  for (const name of ['large-0', 'large-1', 'large-2']) t.ok((server.app.spaces.find(name)?.journal.size ?? 0) > 0)
})

t.test('a reset frees the bytes', async t => {
  const server = steered({ journalBytes: megabyte })
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
