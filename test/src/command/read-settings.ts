import t from 'tap'
import { products } from '../../../routes/index.js'
import { type Environment, type Flags, readSettings } from '../../../src/command/read-settings.js'

const read = (flags: Flags = {}, env: Environment = {}) => readSettings(flags, env, { products })

t.test('what nobody sets has its default', async t => {
  t.match(read(), { port: 4100, host: '127.0.0.1', listen: [], accounts: 'listed', log: 'auto', logLevel: 'info' })
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

t.test('a wrong variable is not looked at where a flag is given', async t => {
  t.equal(read({ port: '1' }, { SESSION_MOCK_PORT: 'nonsense' }).port, 1)
})

t.test('several values are separated by commas or given in several flags', async t => {
  const names = (flags: Flags, env: Environment = {}) => read(flags, env).products?.map(({ name }) => name)
  t.same(names({ products: ['hcx', 'cbrain'] }), ['cbrain', 'hcx'])
  t.same(names({ products: ['hcx,cbrain', 'hcx'] }), ['cbrain', 'hcx'])
  t.same(names({}, { SESSION_MOCK_PRODUCTS: 'hcx, cbrain' }), ['cbrain', 'hcx'])
})

t.test('a fidelity is for all products or for one, and the last word on a product counts', async t => {
  t.same(read({ fidelity: ['observed'] }).fidelity, {
    netbrain: 'observed',
    videntity: 'observed',
    cbrain: 'observed',
    hcx: 'observed'
  })
  t.same(read({ fidelity: ['cbrain=observed'] }).fidelity, { cbrain: 'observed' })
  t.match(read({ fidelity: ['observed,cbrain=documented'] }).fidelity, { cbrain: 'documented', hcx: 'observed' })
})

t.test('a product may have several doors, and free ports are never the same port', async t => {
  const doors = read({ listen: ['cbrain=3000,cbrain=0', 'hcx=0'] }).listen
  t.same(
    doors.map(({ product, port }) => [product.name, port]),
    [
      ['cbrain', 3000],
      ['cbrain', 0],
      ['hcx', 0]
    ]
  )
})

t.test('an IPv6 address may stand in brackets', async t => {
  t.equal(read({ host: '[::1]' }).host, '::1')
})

t.test("a variable that is like none of ours is somebody else's", async t => {
  t.equal(read({}, { SESSION_MOCK_TAG: '1.2', SESSION_MOCK_URL: 'http://127.0.0.1:4100', SESSION: 'x' }).port, 4100)
})
