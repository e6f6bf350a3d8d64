import t from 'tap'
import { cbrain } from '../../../routes/cbrain.js'
import { videntity } from '../../../routes/videntity.js'
import { banner, readyLine, servedProducts } from '../../../src/cli/serve.js'
import { products } from '../../support/known-products.js'

t.test('the banner has the URL of each product, a working command and the accounts', async t => {
  const rows = servedProducts([videntity, cbrain], [{ port: 4100, url: 'http://127.0.0.1:4100' }])
  t.equal(
    banner(rows, { accounts: 'listed', scenario: 'a bad day' }),
    `
  Videntity  http://127.0.0.1:4100
             curl -d 'username=demo&password=demo&account_number=100000000000001' \\
               http://127.0.0.1:4100/session/login

  CBRAIN     http://127.0.0.1:4100
             curl -d 'login=demo&password=demo' http://127.0.0.1:4100/session

  Accounts: demo / demo (Videntity: account number 100000000000001)
  Scenario: a bad day
  Stop:     Ctrl-C, or SIGTERM

`
  )
})

t.test('the banner lists magic accounts, the control API and HTTPS', async t => {
  const text = banner(servedProducts(products, [{ port: 4100, url: 'http://127.0.0.1:4100' }]), {
    accounts: 'listed',
    scenario: 'x',
    magic: ['denied', 'locked', 'stale', 'down', 'lost', 'slow'],
    control: 'http://127.0.0.1:9000',
    https: 'https://127.0.0.1:4443'
  })
  t.match(text, '  Magic:    denied, locked, stale, down and 2 more; see /__admin/scenario\n')
  t.match(text, '  Control:  http://127.0.0.1:9000/__admin\n')
  t.match(text, '  HTTPS:    the same at https://127.0.0.1:4443; clients trust http://127.0.0.1:9000/__admin/ca.pem\n')
})

t.test('no line has more than 100 columns', async t => {
  for (const host of ['127.0.0.1', 'session-mock.a-long-name.svc.cluster.local'])
    for (const title of ['x', 'a title in words that goes on '.repeat(9)]) {
      const url = `http://${host}:41000`
      const text = banner(servedProducts(products, [{ port: 41_000, url }]), {
        accounts: 'listed',
        scenario: title,
        account: { login: 'ann', password: "it's & more" },
        magic: ['denied'],
        control: url,
        https: url.replace('http', 'https')
      })
      t.strictSame(
        text.split('\n').filter(line => line.length > 100),
        [],
        `${host}, ${title.slice(0, 10)}`
      )
    }
})

t.test('the banner has no notes for products that are not served', async t => {
  const rows = servedProducts([cbrain], [{ port: 4100, url: 'http://127.0.0.1:4100' }])
  t.match(banner(rows, { accounts: 'listed', scenario: 'a bad day' }), '\n  Accounts: demo / demo\n')
  t.match(banner(rows, { accounts: 'any', scenario: 'a bad day' }), '\n  Accounts: anyone, with any password\n')
})

t.test('a product with its own listener is listed with that URL', async t => {
  const listeners = [
    { port: 4100, url: 'http://127.0.0.1:4100' },
    { port: 3000, url: 'http://127.0.0.1:3000', product: cbrain }
  ]
  const urls = servedProducts(products, listeners).map(({ product, url }) => [product.name, url])
  t.same(Object.fromEntries(urls), {
    netbrain: 'http://127.0.0.1:4100',
    videntity: 'http://127.0.0.1:4100',
    cbrain: 'http://127.0.0.1:3000',
    hcx: 'http://127.0.0.1:4100'
  })
})

t.test('the ready line has its fixed text', async t => {
  t.equal(readyLine('0.1.0', 'http://127.0.0.1:4100'), 'Ready. session-mock 0.1.0 listening on http://127.0.0.1:4100')
})

t.test('the port of a space is listed with the ports without one', async t => {
  const rows = servedProducts(
    [cbrain],
    [
      { port: 4100, url: 'http://127.0.0.1:4100' },
      { port: 3000, url: 'http://127.0.0.1:3000', product: cbrain, space: 'w4' }
    ]
  )
  t.match(banner(rows, { accounts: 'listed', scenario: 'x' }), /^ {2}CBRAIN {12}http:\/\/127.0.0.1:4100$/m)
  t.match(banner(rows, { accounts: 'listed', scenario: 'x' }), /^ {2}CBRAIN, space w4 {2}http:\/\/127.0.0.1:3000$/m)
})
