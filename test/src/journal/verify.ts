import t from 'tap'
import { describeEntry, differences, type Expected } from '../../../src/journal/verdicts.js'
import { clientOf, steered } from '../../support/control.js'

const hcx = clientOf('hcx')

/** Calls, written as letters: a login (l), a use of a strange token (u), a path of nobody (x). */
const calls = async (letters: string) => {
  const { app, send } = steered()
  for (const letter of letters) {
    if (letter === 'l') await send(hcx.login())
    if (letter === 'u') await send(hcx.use(hcx.unknownToken))
    if (letter === 'x') await send({ method: 'GET', url: '/nowhere?password=secret' })
  }
  return app.spaces.default.journal.entries()
}

const login: Expected = { operation: 'login' }
const use: Expected = { operation: 'session' }

const orders: readonly (readonly [letters: string, expected: readonly Expected[], right: boolean])[] = [
  ['lu', [login, use], true],
  ['ul', [login, use], false],
  ['ulu', [login, use], true],
  ['luul', [login, { ...use, count: 2 }, { ...login, count: { least: 1 } }], true],
  ['luul', [login, { ...use, count: 2 }, { ...login, count: 2 }], false],
  ['lulu', [login, use, login, use], true],
  ['llu', [login, use, login], false],
  ['lul', [login, { ...use, count: { most: 1 } }, login], true],
  ['ll', [login, { ...use, count: 0 }, login], true],
  ['l', [login, login], false]
]

for (const [letters, expected, right] of orders)
  t.test(`${letters} is ${right ? '' : 'not '}in the order of ${JSON.stringify(expected)}`, async t => {
    t.equal(differences(expected, await calls(letters), true).length, right ? 0 : 1)
  })

t.test('with a wrong count, the order is not reported', async t => {
  t.strictSame(differences([use, { ...login, count: 2 }], await calls('lu'), true), [
    'expectation 2: expected 2 of requests with operation login, found 1: request 1 (hcx.login by demo, 200)'
  ])
})

t.test('a request is described in one line: operation, login and outcome, without its query', async t => {
  t.strictSame(
    (await calls('lux')).map(entry => describeEntry(entry)),
    [
      'request 1 (hcx.login by demo, 200)',
      'request 2 (hcx.session, 401: the token was never issued)',
      'request 3 (GET /nowhere, 404: no operation has this path; the nearest is GET /login)'
    ]
  )
})

t.test('the nearest request is the newest with the fewest differences', async t => {
  const [difference] = differences([{ product: 'hcx', operation: 'session', status: 200 }], await calls('luux'), false)
  t.match(difference, /the nearest is request 3 \(.*\), which differs in status$/)
})
