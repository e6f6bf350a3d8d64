import t from 'tap'
import { steered } from '../../../support/control.js'
import { form, json, type Request } from '../../../support/driver.js'
import { retainedBytes } from '../../../support/heap.js'

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
    const before = await retainedBytes()
    await send(count + 20, 2 * count + 20)
    const grown = (await retainedBytes()) - before
    t.ok(grown < 6 * megabyte, `${grown} bytes more`)
    t.ok(server.app.spaces.default.journal.bytes <= 4 * megabyte)
  })
