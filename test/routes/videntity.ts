import t from 'tap'
import { videntity } from '../../routes/videntity.js'
import { Failure, type FailureName } from '../../src/product/failure.js'
import type { Product } from '../../src/product/product.js'
import { type DoubleOptions, double } from '../support/double.js'

const minutes = 60_000
const credentials = 'username=demo&password=demo&account_number=100000000000001'

/** A client of Videntity: it posts forms, and knows the key in an answer. */
const client = (options: DoubleOptions = {}) => {
  const { send, ...rest } = double(options)
  const post = (url: string, payload: string | Buffer = '', type = 'application/x-www-form-urlencoded') =>
    send({ method: 'POST', url, payload, headers: { 'content-type': type } })
  const login = async (form = credentials) =>
    /<session_key>([^<]*)<\/session_key>/.exec((await post('/session/login', form)).body)?.[1] ?? ''
  return { ...rest, send, post, login }
}

/** The whole body of a refusal; the double's time stands at noon of the first of January 2026. */
const refusal = (method: string, tx: number, number: number, name: string, detail: string) =>
  `<?xml version="1.0" encoding="utf-8"?>
<response api_method="${method}">
    <status>ERROR</status>
    <api_tx_number>${tx}</api_tx_number>
    <error_number>${number}</error_number>
    <error_name>${name}</error_name>
    <error_detail>${detail}</error_detail>
    <timestamp>2026-01-01 12:00:00</timestamp>
</response>`

const serverError = (method: string, tx: number) =>
  refusal(method, tx, 11, 'SERVER_ERROR', 'The server could not process your request.')

const missing = (method: string, tx: number, field: string) =>
  refusal(method, tx, 4, 'MISSING_MANDATORY_FIELD', `Mandatory field ${field} is missing`)

/** What an answer says: SUCCESS, or the number of its refusal. */
const verdict = ({ body }: { body: string }) =>
  /<error_number>(\d+)</.exec(body)?.[1] ?? /<status>(\w+)</.exec(body)?.[1]

/** The product with every operation failing in this way. */
const failing = (kind: FailureName): Product => ({
  ...videntity,
  operations: videntity.operations.map(operation => ({
    ...operation,
    run: () => {
      throw new Failure(kind)
    }
  }))
})

t.test('responses equal the printed ones of the document', async t => {
  const { post } = client({
    products: [{ ...videntity, sessions: { ...videntity.sessions, createToken: () => 'De325h3Fsdg76rt' } }],
    scenario: {
      clock: Date.UTC(2008, 8, 30, 15, 56, 42, 999),
      products: { videntity: { first_tx_number: 58766 } }
    }
  })
  t.equal(
    (await post('/session/login', credentials)).body,
    `<?xml version="1.0" encoding="utf-8"?>
<response api_method="/session/login">
    <status>SUCCESS</status>
    <api_tx_number>58766</api_tx_number>
    <detail>you logged in successfully</detail>
    <response_name_value>
        <session_key>De325h3Fsdg76rt</session_key>
    </response_name_value>
    <timestamp>2008-09-30 15:56:42</timestamp>
</response>`
  )
  t.equal(
    (await post('/session/ping', 'session_key=De325h3Fsdg76rt')).body,
    `<?xml version="1.0" encoding="utf-8"?>
<response api_method="/session/ping">
    <status>SUCCESS</status>
    <api_tx_number>58767</api_tx_number>
    <detail>your session has been pinged successfully</detail>
    <response_name_value>
        <session_key>De325h3Fsdg76rt</session_key>
    </response_name_value>
    <timestamp>2008-09-30 15:56:42</timestamp>
</response>`
  )
  t.equal(
    (await post('/session/logout', 'session_key=De325h3Fsdg76rt')).body,
    `<?xml version="1.0" encoding="utf-8"?>
<response api_method="/session/logout">
    <status>SUCCESS</status>
    <api_tx_number>58768</api_tx_number>
    <detail>you logged out successfully</detail>
    <response_name_value>
        <session_key>De325h3Fsdg76rt</session_key>
    </response_name_value>
    <timestamp>2008-09-30 15:56:42</timestamp>
</response>`
  )
  t.equal(
    (await post('/session/logout', 'session_key=De325h3Fsdg76rt')).body,
    `<?xml version="1.0" encoding="utf-8"?>
<response api_method="/session/logout">
    <status>ERROR</status>
    <api_tx_number>58769</api_tx_number>
    <error_number>2</error_number>
    <error_name>SESSION_DOES_NOT_EXIST</error_name>
    <error_detail>session does not exist</error_detail>
    <timestamp>2008-09-30 15:56:42</timestamp>
</response>`
  )
})

for (const [fidelity, contentType] of [
  ['documented', 'application/xml; charset=utf-8'],
  ['observed', 'application/xhtml+xml']
] as const)
  t.test(`the ${fidelity} Content-Type is ${contentType}, of successes and refusals alike`, async t => {
    const { post, send } = client({ fidelity })
    for (const answer of [
      await post('/session/login', credentials),
      await post('/session/login'),
      await post('/session/ping', 'session_key=Ry5NvPAbceAS123'),
      await send({ method: 'GET', url: '/session/logout' })
    ])
      t.equal(answer.headers['content-type'], contentType)
  })

t.test('a key is valid from login to logout', async t => {
  const { login, post } = client()
  const key = await login()
  t.match(key, /^[A-Za-z0-9]{15}$/)
  t.equal(verdict(await post('/session/ping', `session_key=${key}`)), 'SUCCESS')
  t.equal(verdict(await post('/session/ping', `session_key=${key.toLowerCase()}0`)), '2')
  t.equal(verdict(await post('/session/logout', `session_key=${key}`)), 'SUCCESS')
  t.equal(verdict(await post('/session/ping', `session_key=${key}`)), '2')
  t.equal(verdict(await post('/session/logout', `session_key=${key}`)), '2')
})

t.test('a key expires after 30 minutes without activity; ping resets the timer', async t => {
  const { login, post, systemClock } = client()
  const key = await login()
  for (const _ of [1, 2, 3]) {
    systemClock.advance(30 * minutes - 1)
    t.equal(verdict(await post('/session/ping', `session_key=${key}`)), 'SUCCESS')
  }
  systemClock.advance(30 * minutes)
  t.equal(verdict(await post('/session/ping', `session_key=${key}`)), '3')
})

t.test('an expired key is still reported as expired after a refused logout', async t => {
  const { login, post, systemClock } = client()
  const key = await login()
  systemClock.advance(30 * minutes)
  const refused = await post('/session/logout', `session_key=${key}`)
  t.equal(refused.statusCode, 200)
  t.equal(
    refused.body,
    `<?xml version="1.0" encoding="utf-8"?>
<response api_method="/session/logout">
    <status>ERROR</status>
    <api_tx_number>2</api_tx_number>
    <error_number>3</error_number>
    <error_name>SESSION_EXPIRED</error_name>
    <error_detail>The session has expired</error_detail>
    <timestamp>2026-01-01 12:30:00</timestamp>
</response>`
  )
  systemClock.advance(24 * 60 * minutes)
  t.equal(verdict(await post('/session/ping', `session_key=${key}`)), '3')
  t.equal(verdict(await post('/session/logout', `session_key=${key}`)), '3')
})

t.test('logins are independent of each other', async t => {
  const { login, post } = client()
  const [first, second] = [await login(), await login()]
  t.not(first, second)
  await post('/session/logout', `session_key=${first}`)
  t.equal(verdict(await post('/session/ping', `session_key=${second}`)), 'SUCCESS')
})

t.test('api_tx_number increases by one with every response', async t => {
  const { login, post, send } = client({ only: videntity })
  const key = await login()
  const answers = [
    await post('/session/ping', `session_key=${key}`),
    await post('/session/ping'),
    await post('/session/login', 'username=demo&password=guess&account_number=1'),
    await post('/session/login', Buffer.alloc(2_000_000)),
    await send({ method: 'GET', url: '/session/ping' }),
    await post('/session/pong'),
    await post('/session/logout', `session_key=${key}`)
  ]
  t.strictSame(
    answers.map(({ body }) => /<api_tx_number>(\d+)</.exec(body)?.[1]),
    ['2', '3', '4', '5', '6', '7', '8']
  )
})

t.test('api_method is the path of the method only', async t => {
  for (const url of ['/session/ping?a=b', '/~mine/session/ping', 'http://vidapi.com/session/ping'])
    t.equal((await client().post(url)).body, missing('/session/ping', 1, 'session_key'), url)
})

t.test('an account can have its own account number', async t => {
  const norm = { login: 'norm', password: 'norm_123', videntity: { account_number: '210983749212839' } }
  const { post } = client({ scenario: { accounts: [norm] } })
  const login = (number: string) => post('/session/login', `username=norm&password=norm_123&account_number=${number}`)
  t.equal(verdict(await login('210983749212839')), 'SUCCESS')
  t.equal(verdict(await login('100000000000001')), '1')
})

t.test('with accounts: any, any account number is accepted, but required', async t => {
  const { post } = client({ anyone: true })
  t.equal(verdict(await post('/session/login', 'username=x&password=y&account_number=z')), 'SUCCESS')
  t.equal(verdict(await post('/session/login', 'username=x&password=y')), '4')
})

t.test('an unknown path gets HTTP 404 and refusal 11; letter case and a trailing slash are significant', async t => {
  for (const url of ['/', '/session', '/session/pong', '/session/login/', '/Session/Login', '/session/%zz']) {
    const answer = await client({ only: videntity }).post(url, credentials)
    t.equal(answer.statusCode, 404, url)
    t.equal(answer.body, serverError(url, 1))
  }
})

t.test('a body of another media type, or no body, is a missing field', async t => {
  const multipart = ['username', 'password', 'account_number', 'session_key']
    .map(name => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\ndemo\r\n`)
    .join('')
  for (const [type, body] of [
    ['application/json', '{"username":"demo","password":"demo","session_key":"Ry5NvPAbceAS123"}'],
    ['application/json', '{'],
    ['multipart/form-data; boundary=x', `${multipart}--x--\r\n`],
    ['text/plain', credentials],
    ['application/x-www-form-urlencoded-not', credentials],
    ['garbage', credentials],
    ['', credentials]
  ] as const) {
    const { post } = client()
    t.equal((await post('/session/login', body, type)).body, missing('/session/login', 1, 'username'), type)
    t.equal((await post('/session/ping', body, type)).body, missing('/session/ping', 2, 'session_key'), type)
    const answer = await post('/session/logout', body, type)
    t.equal(answer.statusCode, 200)
    t.equal(answer.body, missing('/session/logout', 3, 'session_key'), type)
  }
  const { send } = client()
  t.equal((await send({ method: 'POST', url: '/session/logout' })).body, missing('/session/logout', 1, 'session_key'))
})

t.test('a form can have any Unicode characters', async t => {
  const odd = { login: 'a b', password: 'ü=&+%', videntity: { account_number: '210983749212839' } }
  const { post } = client({ scenario: { accounts: [odd] } })
  const form = 'username=a+b&password=%C3%BC=%26%2B%25&account_number=210983749212839'
  t.equal(verdict(await post('/session/login', form)), 'SUCCESS')
  const escaped = '%75sername=%64emo&password=demo&account_number=100000000000001'
  t.equal(verdict(await client().post('/session/login', escaped)), 'SUCCESS')
  t.equal(verdict(await client().post('/session/login', `rest=%zz%E0%A4%A&${credentials}`)), 'SUCCESS')
})

t.test('inconsistent forms are refused like any other', async t => {
  for (const [form, number] of [
    [`${credentials}&username=nobody`, '1'],
    [`${credentials}&password=`, '4'],
    ['__proto__[username]=demo&constructor=demo', '4'],
    ['username=__proto__&password=constructor&account_number=toString', '1'],
    ['username=demo&password=%zz&account_number=100000000000001', '1'],
    [Buffer.from([...Buffer.from('username=demo&account_number=1&password='), 0xff, 0xfe]), '1'],
    ['username=demo&password=%FF%FE&account_number=100000000000001', '1']
  ] as const)
    t.equal(verdict(await client().post('/session/login', form)), number, String(form))
})

t.test('a body over the limit gets HTTP 413 and refusal 11, and the connection is closed', async t => {
  const answer = await client({ bodyLimit: 100 }).post('/session/login', `${credentials}&more=${'x'.repeat(100)}`)
  t.equal(answer.statusCode, 413)
  t.equal(answer.headers.connection, 'close')
  t.equal(answer.body, serverError('/session/login', 1))
})

t.test('a server error is refusal 11, with the documented HTTP status', async t => {
  for (const url of ['/session/login', '/session/ping', '/session/logout'])
    for (const [kind, status] of [
      ['server-error', 200],
      ['rate-limited', 429],
      ['unavailable', 503],
      ['bad-request', 400]
    ] as const) {
      const answer = await client({ products: [failing(kind)] }).post(url)
      t.equal(answer.statusCode, status, `${kind} at ${url}`)
      t.equal(answer.body, serverError(url, 1))
    }
})

t.test('an injected failure has the same body as a real one', async t => {
  for (const [kind, url, said] of [
    [
      'bad-credentials',
      '/session/login',
      refusal('/session/login', 1, 1, 'AUTHENTICATION_ERROR', 'username, password or account_number is incorrect')
    ],
    [
      'forbidden',
      '/session/login',
      refusal('/session/login', 1, 1, 'AUTHENTICATION_ERROR', 'username, password or account_number is incorrect')
    ],
    ['no-session', '/session/ping', refusal('/session/ping', 1, 2, 'SESSION_DOES_NOT_EXIST', 'session does not exist')],
    [
      'expired-session',
      '/session/logout',
      refusal('/session/logout', 1, 3, 'SESSION_EXPIRED', 'The session has expired')
    ],
    ['missing-field', '/session/login', missing('/session/login', 1, 'username')],
    ['missing-field', '/session/logout', missing('/session/logout', 1, 'session_key')]
  ] as const) {
    const answer = await client({ products: [failing(kind)] }).post(url)
    t.equal(answer.statusCode, 200)
    t.equal(answer.body, said, `${kind} at ${url}`)
  }
})
