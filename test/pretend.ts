import t from 'tap'
import { products } from '../routes/index.js'
import { double } from './support/double.js'
import type { Driver, Reply, Request } from './support/driver.js'
import { form, json } from './support/driver.js'
import { drivers, everyDriver } from './support/drivers.js'
import { loginAs } from './support/login-form.js'
import { scenarioOf } from './support/scenario.js'

const base = '/ServicesAPI/API/V1'

/** A request to every operation that a driver has no request for. */
const others: Readonly<Record<string, (token: string) => Request>> = {
  'netbrain.working-domain': token => ({
    method: 'PUT',
    url: `${base}/Session/CurrentDomain`,
    headers: { token, ...json },
    payload: '{"tenantId":"fb24f3f0-81a7-1929-4b8f-99106c23fa5b","domainId":"0201adc0-1a50-4b8c-9a2e-4b7a0d8e5b01"}'
  }),
  'netbrain.domains': token => ({ method: 'GET', url: `${base}/CMDB/Domains?tenantId=x`, headers: { token } }),
  'netbrain.product-version': token => ({ method: 'GET', url: `${base}/System/ProductVersion`, headers: { token } }),
  'netbrain.oauth-token': token => ({
    method: 'POST',
    url: '/ServicesAPI/auth/oauth2/token',
    headers: { token, ...form },
    payload: 'grant_type=client_credentials&client_id=nobody&client_secret=wrong'
  })
}

/** OAuth2 has a success of its own. */
const isSuccess = (driver: Driver, reply: Reply): boolean =>
  driver.succeeded(reply) || (reply.statusCode === 200 && reply.body.startsWith('{"access_token":"'))

const requestTo = (driver: Driver, operation: string): ((token: string) => Request) => {
  if (operation === 'login') return token => withToken(driver, driver.login(), token)
  if (operation === 'logout') return driver.logout
  return others[`${driver.product.name}.${operation}`] ?? driver.use
}

/** A login that shows a token as well, where the product takes one in a header. */
const withToken = ({ use }: Driver, login: Request, token: string): Request =>
  token === '' ? login : { ...login, headers: { ...use(token).headers, ...login.headers } }

for (const driver of drivers)
  for (const { name } of driver.product.operations)
    t.test(`${driver.product.title}: a pretended ${name} succeeds without effect`, async t => {
      const rule = `{ on: ${driver.product.name}.${name}, when: { header: { x-pretend: true } }, then: pretend }`
      const { app, send, systemClock } = double({ products, scenario: scenarioOf(`rules: [${rule}]`) })
      const pretended = ({ headers, ...request }: Request) =>
        send({ ...request, headers: { ...headers, 'x-pretend': '' } })
      const open = driver.issued(await send(driver.login()))
      const ended = driver.issued(await send(driver.login()))
      await send(driver.logout(ended))
      systemClock.advance(1000)
      const request = requestTo(driver, name)
      const { sessions } = app.spaces.default
      const all = async () =>
        (await sessions.list(systemClock.now())).map(session => ({ ...session, end: session.end }))
      const before = await all()
      t.equal(before.length, 1)

      const tokens = { open, ended, unknown: driver.unknownToken, '': '' }
      for (const [kind, token] of Object.entries(tokens))
        t.ok(isSuccess(driver, await pretended(request(token))), `with a token that is ${kind || 'missing'}`)
      if (name === 'login')
        for (const [login, password] of [
          ['demo', 'wrong'],
          ['nobody', 'demo'],
          ['', '']
        ] as const)
          t.ok(driver.succeeded(await pretended(loginAs(driver, login, password))), `as "${login}"`)

      t.strictSame(await all(), before)
      t.equal((await sessions.peek(driver.product.name, ended, systemClock.now())).is, 'ended')
      t.ok(driver.succeeded(await send(driver.use(open))))
      t.notOk(driver.succeeded(await send(driver.use(ended))))
    })

t.test('the token of a pretended login is never valid', async t => {
  for (const driver of drivers) {
    const { send } = double({ products, scenario: scenarioOf('rules: [{ on: login, call: 1, then: pretend }]') })
    const token = driver.issued(await send(driver.login()))
    t.match(token, driver.product.sessions.token)
    t.notOk(driver.succeeded(await send(driver.use(token))))
    const another = driver.issued(await send(driver.login()))
    t.not(another, token)
    t.ok(driver.succeeded(await send(driver.use(another))))
  }
})

t.test('a pretended success has the data of the session owner', async t => {
  const { send } = double({
    products,
    scenario: scenarioOf(`
      accounts: [{ login: ann, password: demo }, { login: norm, password: demo, cbrain: { user_id: 17 } }]
      rules: [{ on: [hcx.session, cbrain.session], then: pretend }]
    `)
  })
  for (const [product, words] of [
    ['hcx', '"username":"norm"'],
    ['cbrain', '"user_id":17']
  ] as const)
    for (const driver of drivers.filter(({ product: { name } }) => name === product)) {
      const token = driver.issued(await send(loginAs(driver, 'norm')))
      t.match((await send(driver.use(token))).body, words)
      await send(driver.logout(token))
      t.match((await send(driver.use(token))).body, words, 'also when it has ended')
    }
})

t.test('every product has a test driver', async t => {
  t.strictSame(everyDriver.map(({ product }) => product.name).sort(), products.map(({ name }) => name).sort())
})
