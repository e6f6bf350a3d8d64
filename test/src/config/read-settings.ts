import t from 'tap'
import { type Environment, type Flags, readSettings } from '../../../src/config/read-settings.js'
import { products } from '../../support/known-products.js'

const read = (flags: Flags = {}, env: Environment = {}) => readSettings(flags, env, { products })

t.test('unset settings have their defaults', async t => {
  t.match(read(), { port: 4100, host: 'localhost', listen: [], accounts: 'listed', log: 'auto', logLevel: 'info' })
})

const ports: readonly (readonly [sentence: string, flags: Flags, env: Environment, port: number])[] = [
  ['a flag beats its variable', { port: '1' }, { SESSION_MOCK_PORT: '2', PORT: '3' }, 1],
  ['a flag that says the default beats its variable', { port: '4100' }, { SESSION_MOCK_PORT: '2' }, 4100],
  ['our own variable beats PORT', {}, { SESSION_MOCK_PORT: '2', PORT: '3' }, 2],
  ['PORT beats the default', {}, { PORT: '3' }, 3],
  ['an empty variable is none', {}, { SESSION_MOCK_PORT: '', PORT: '3' }, 3],
  ['empty variables leave the default', {}, { SESSION_MOCK_PORT: '', PORT: '' }, 4100],
  [
    'what Kubernetes says of a service called session-mock is no port of ours',
    {},
    {
      SESSION_MOCK_PORT: 'tcp://10.0.0.1:4100',
      SESSION_MOCK_SERVICE_HOST: '10.0.0.1',
      SESSION_MOCK_SERVICE_PORT: '4100',
      SESSION_MOCK_PORT_4100_TCP: 'tcp://10.0.0.1:4100',
      SESSION_MOCK_PORT_4100_TCP_PROTO: 'tcp'
    },
    4100
  ]
]

for (const [sentence, flags, env, port] of ports)
  t.test(sentence, async t => {
    t.equal(read(flags, env).port, port)
  })

t.test('an invalid variable is ignored if the flag is set', async t => {
  t.equal(read({ port: '1' }, { SESSION_MOCK_PORT: 'nonsense' }).port, 1)
})

t.test('several values are separated by commas or given in several flags', async t => {
  const names = (flags: Flags, env: Environment = {}) => read(flags, env).products?.map(({ name }) => name)
  t.same(names({ products: ['hcx', 'cbrain'] }), ['cbrain', 'hcx'])
  t.same(names({ products: ['hcx,cbrain', 'hcx'] }), ['cbrain', 'hcx'])
  t.same(names({}, { SESSION_MOCK_PRODUCTS: 'hcx, cbrain' }), ['cbrain', 'hcx'])
})

t.test('a fidelity applies to all products or one; the last one for a product is used', async t => {
  t.same(read({ fidelity: ['observed'] }).fidelity, {
    netbrain: 'observed',
    videntity: 'observed',
    cbrain: 'observed',
    hcx: 'observed'
  })
  t.same(read({ fidelity: ['cbrain=observed'] }).fidelity, { cbrain: 'observed' })
  t.match(read({ fidelity: ['observed,cbrain=documented'] }).fidelity, { cbrain: 'documented', hcx: 'observed' })
})

t.test('a product can have several listeners; free ports are never equal', async t => {
  const listeners = read({ listen: ['cbrain=3000,cbrain=0', 'hcx=0'] }).listen
  t.same(
    listeners.map(({ product, port }) => [product.name, port]),
    [
      ['cbrain', 3000],
      ['cbrain', 0],
      ['hcx', 0]
    ]
  )
})

t.test('the port of a product can select a space', async t => {
  const [listener] = read({ listen: ['cbrain=3000@w4'] }).listen
  t.match(listener, { product: { name: 'cbrain' }, port: 3000, space: 'w4' })
  for (const wrong of ['cbrain=3000@', 'cbrain=3000@w/4', 'cbrain=@w4', 'cbrain@w4'])
    t.throws(() => read({ listen: [wrong] }), { message: /expected/ }, wrong)
})

t.test('an IPv6 address can be in brackets', async t => {
  t.equal(read({ host: '[::1]' }).host, '::1')
})

t.test('a variable without the prefix is ignored', async t => {
  t.equal(read({}, { SESSION_MOCK_TAG: '1.2', SESSION_MOCK_URL: 'http://127.0.0.1:4100', SESSION: 'x' }).port, 4100)
})

t.test('variables of Kubernetes services with a similar name are ignored', async t => {
  const env = {
    SESSION_MOCK_ADMIN_PORT: 'tcp://10.0.0.1:4101',
    SESSION_MOCK_ADMIN_PORT_4101_TCP: 'tcp://10.0.0.1:4101',
    SESSION_MOCK_ADMIN_SERVICE_HOST: '10.0.0.1',
    SESSION_MOCK_HTTPS_PORT: 'udp://10.0.0.2:443',
    SESSION_MOCK_HTTPS_SERVICE_PORT: '443'
  }
  t.match(read({}, env), { port: 4100, adminPort: undefined, httpsPort: undefined })
  t.throws(() => read({ adminPort: 'tcp://10.0.0.1:4101' }), { message: /^--admin-port "tcp:/ }, 'a flag is ours')
})

const inOneLine = 'it ends in a line break or another control character'
const unfitting: readonly (readonly [env: Environment, message: string])[] = [
  [{ SESSION_MOCK_ADMIN_TOKEN: 's3cret\n' }, `SESSION_MOCK_ADMIN_TOKEN: expected a token in one line; ${inOneLine}`],
  [{ SESSION_MOCK_ADMIN_TOKEN: 's3cret\r' }, `SESSION_MOCK_ADMIN_TOKEN: expected a token in one line; ${inOneLine}`],
  [
    { SESSION_MOCK_ADMIN_TOKEN: ' s3cret' },
    'SESSION_MOCK_ADMIN_TOKEN: expected a token without a space at its beginning or end'
  ],
  [
    { SESSION_MOCK_ADMIN_TOKEN: 'sécret' },
    'SESSION_MOCK_ADMIN_TOKEN: expected a token of ASCII letters, digits and signs, without spaces, as a header can carry it'
  ],
  [{ SESSION_MOCK_TLS_DIR: '/tls\r' }, `SESSION_MOCK_TLS_DIR "/tls\\r": expected a path in one line; ${inOneLine}`],
  [
    { SESSION_MOCK_TLS_CERT: 'a\nb' },
    'SESSION_MOCK_TLS_CERT "a\\nb": expected a path in one line; there is a control character in it'
  ],
  [
    { SESSION_MOCK_SCENARIO: 'outage\n' },
    `SESSION_MOCK_SCENARIO "outage\\n": expected a file, a name or a text in one line; ${inOneLine}`
  ]
]

t.test('an invalid free text is refused, without showing a token', async t => {
  for (const [env, message] of unfitting) t.throws(() => read({}, env), { message }, JSON.stringify(env))
  t.throws(() => read({ adminToken: 'sécret' }), { message: /^--admin-token: expected a token of ASCII / })
  t.equal(read({ adminToken: 's3cret-._~+/=!' }).adminToken, 's3cret-._~+/=!')
  t.equal(read({ scenario: 'title: x\n' }).scenario, 'title: x\n')
  t.equal(read({ tlsDir: '/a folder/ü' }).tlsDir, '/a folder/ü')
})

t.test('invalid names for a certificate are refused one by one, with a valid value', async t => {
  const right = ['mock.test', '*.mock.test', 'my_service', '10.1.2.3', '::1', 'xn--bcher-kva.test']
  t.strictSame(read({ tlsNames: right }).tlsNames, right)
  const expected = 'expected host names and addresses, without scheme, port and path'
  const wrong: readonly (readonly [given: string, message: string])[] = [
    ['mock.test:9443', 'for "mock.test:9443" give mock.test'],
    ['https://mock.test/', 'for "https://mock.test/" give mock.test'],
    ['[::1]:9443', 'for "[::1]:9443" give ::1'],
    ['10.1.2.3:80', 'for "10.1.2.3:80" give 10.1.2.3'],
    ['bücher.test', 'for "bücher.test" give xn--bcher-kva.test'],
    ['-', '"-" is neither']
  ]
  for (const [given, message] of wrong)
    t.throws(() => read({ tlsNames: [given] }), { message: `--tls-names "${given}": ${expected}: ${message}` })
  t.throws(() => read({ tlsNames: ['mock.test:1,ok.test,http://b'] }), {
    message: `--tls-names "mock.test:1,ok.test,http://b": ${expected}: for "mock.test:1" give mock.test; for "http://b" give b`
  })
})

t.test('a misspelt variable is refused', async t => {
  for (const [name, meant] of [
    ['PROT', 'PORT'],
    ['PRODUCT', 'PRODUCTS'],
    ['FIDELTY', 'FIDELITY'],
    ['LOGLEVEL', 'LOG_LEVEL']
  ])
    t.throws(() => read({}, { [`SESSION_MOCK_${name}`]: '1' }), {
      message: `SESSION_MOCK_${name}: no such setting; did you mean SESSION_MOCK_${meant}?`
    })
})
