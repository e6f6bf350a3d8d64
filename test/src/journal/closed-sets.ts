import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { reasonNames } from '../../../src/journal/search.js'
import { steered } from '../../support/control.js'
import { products } from '../../support/known-products.js'

/** Searches for what no request can have, with what is said of them. */
const unknown = [
  [
    { product: 'cbrian' },
    'product',
    'expected netbrain, videntity, cbrain or hcx, found "cbrian"; did you mean cbrain?'
  ],
  [{ operation: 'logn' }, 'operation', /^expected .*, found "logn"; did you mean login\?$/],
  [{ reason: 'exprd' }, 'reason', 'expected the name of a reason, found "exprd"; did you mean expired?'],
  [{ failure: 'no-sesion' }, 'failure', /found "no-sesion"; did you mean no-session\?$/],
  [{ fault: 'rest' }, 'fault', /^expected reset, .*, found "rest"; did you mean reset\?$/],
  [{ method: 'post' }, 'method', 'expected the name of a method, found "post"; did you mean POST?'],
  [{ outcome: 'refusd' }, 'outcome', /found "refusd"; did you mean refused\?$/],
  [{ reason: 'xxxxxxxxxxxx' }, 'reason', 'expected the name of a reason, found "xxxxxxxxxxxx"']
] as const

t.test('a search for an impossible value is refused with the nearest possible one', async t => {
  const { ask } = steered()
  for (const [filter, key, message] of unknown) {
    const [[, value] = []] = Object.entries(filter)
    for (const [request, body, place, at] of [
      ['POST /requests/find', filter, 'body', key],
      ['POST /requests/count', filter, 'body', key],
      ['POST /requests/wait', { ...filter, within: '0s' }, 'body', key],
      ['POST /verify', { requests: [{}, { ...filter, count: 0 }] }, 'body', `requests[1].${key}`],
      [`GET /requests?${key}=${value}`, undefined, 'query', key]
    ] as const) {
      const response = await ask(request, body)
      t.equal(response.status, 400, `${request} ${JSON.stringify(body)}`)
      t.match(response.body.errors, [{ in: place, at, message }])
    }
  }
})

t.test('all errors of several searches are reported together', async t => {
  const { ask } = steered()
  const { body } = await ask('POST /verify', {
    requests: [
      { product: 'x', operation: 'y' },
      { reason: 'z', count: 0 }
    ]
  })
  t.match(body.errors, [{ at: 'requests[0].product' }, { at: 'requests[0].operation' }, { at: 'requests[1].reason' }])
})

t.test('possible values and regular expressions are accepted', async t => {
  const { ask } = steered()
  for (const filter of [
    {
      product: 'hcx',
      operation: 'logout',
      reason: 'of-another-space',
      failure: 'rate-limited',
      fault: 'hang',
      method: 'PATCH'
    },
    { product: '/^cb/', operation: '/logn/', reason: '/exp/', failure: '/x/', fault: '/y/i', method: '/post/i' }
  ])
    t.match(await ask('POST /requests/count', filter), { status: 200, body: { count: 0 } }, JSON.stringify(filter))
})

t.test('every reason in the sources can be searched for', async t => {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const sources = ['src', 'routes'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .map(file => readFileSync(join(root, folder, file), 'utf8'))
  )
  const given = sources.flatMap(text => [...text.matchAll(/\breason: '([a-z-]+)'/g)].map(([, reason = '']) => reason))
  const known = new Set(reasonNames(products))
  t.ok(given.length > 20)
  t.strictSame(
    given.filter(reason => !known.has(reason)),
    []
  )
})

t.test('a custom product adds its own reasons', async t => {
  const [cbrain] = products.filter(({ name }) => name === 'cbrain')
  if (!cbrain) throw new Error('no cbrain')
  const { ask } = steered({ products: [{ ...cbrain, reasons: ['bad-weather'] }] })
  t.equal((await ask('POST /requests/count', { reason: 'bad-weather' })).status, 200)
  t.equal((await ask('POST /requests/count', { product: 'hcx' })).status, 400)
})
