import t from 'tap'
import type { ExchangeListener } from '../../../src/exchange/recorder.js'
import { Failure } from '../../../src/product/failure.js'
import type { Operation, Product } from '../../../src/product/product.js'
import { toyDriver as client, toy } from '../../fixtures/toy.js'
import { double } from '../../support/double.js'

const boom = new Error('boom')
const [login, session, logout] = toy.operations as [Operation, Operation, Operation]

/** The toy with changes, and what the onExchange was told of each call. */
const changed = (changes: Partial<Product>) => {
  const told: { status: number; failure: string | undefined; bugs: readonly unknown[] }[] = []
  const onExchange: ExchangeListener = ({ answer, failure }, bugs) =>
    told.push({ status: answer.status, failure, bugs })
  return { ...double({ products: [{ ...toy, ...changes }], onExchange }), told }
}

const broken = (thrown: unknown): Operation => ({
  ...session,
  run() {
    throw thrown
  }
})

t.test('an internal error is the server error of the product, and is logged', async t => {
  const { send, told } = changed({ operations: [login, broken(boom)] })
  const reply = await send(client.use('x'))
  t.equal(reply.statusCode, 500)
  t.equal(reply.body, 'no: server-error\n')
  t.strictSame(told, [{ status: 500, failure: 'server-error', bugs: [boom] }])
})

t.test('any thrown value is handled alike', async t => {
  for (const thrown of [undefined, null, 'text', 404, { statusCode: 404, message: 'x' }]) {
    const { send, told } = changed({ operations: [broken(thrown)] })
    t.equal((await send(client.use('x'))).body, 'no: server-error\n')
    t.strictSame(told[0]?.bugs, [thrown])
  }
})

t.test('a failing refusal is replaced by the server error', async t => {
  const failureResponses = {
    ...toy.failureResponses,
    'no-session': () => {
      throw boom
    }
  }
  const { send, told } = changed({ failureResponses })
  t.equal((await send(client.use('x'))).body, 'no: server-error\n')
  t.strictSame(told, [{ status: 500, failure: 'server-error', bugs: [boom] }])
})

t.test('a failing server error is replaced by an empty 500', async t => {
  const mute = () => {
    throw boom
  }
  const { send, told } = changed({
    failureResponses: { ...toy.failureResponses, 'no-session': mute, 'server-error': mute }
  })
  const reply = await send(client.use('x'))
  t.equal(reply.statusCode, 500)
  t.equal(reply.body, '')
  t.strictSame(told[0]?.bugs, [boom, boom])
})

t.test('an operation can have its own responses to failures', async t => {
  const failureResponses = { 'no-session': () => ({ status: 418, headers: {}, body: 'who are you?' }) }
  const { send } = changed({ operations: [login, session, { ...logout, failureResponses }] })
  t.equal((await send(client.logout('x'))).body, 'who are you?')
  t.equal((await send(client.use('x'))).body, 'no: no-session\n')
})

t.test('the common headers of a product are on refusals and server errors too', async t => {
  const { send } = changed({
    operations: [login, session, { ...broken(boom), routes: logout.routes }],
    headers: () => ({ 'X-Toy': 'yes' })
  })
  for (const request of [
    client.login(),
    client.use('x'),
    client.logout('x'),
    { method: 'GET', url: '/toy/nowhere' } as const
  ])
    t.equal((await send(request)).headers['x-toy'], 'yes')
})

t.test('every call is reported once, with its outcome', async t => {
  const { send, told } = changed({})
  const token = client.issued(await send(client.login()))
  await send(client.logout(token))
  await send(client.logout(token))
  await send(client.invalidRequests['unknown path'].request(token))
  t.strictSame(told, [
    { status: 200, failure: undefined, bugs: [] },
    { status: 200, failure: undefined, bugs: [] },
    { status: 401, failure: 'no-session', bugs: [] },
    { status: 404, failure: 'not-found', bugs: [] }
  ])
})

t.test('a response has its length in bytes, or none for a status without a body', async t => {
  const respond = (status: number, body?: string) =>
    changed({
      operations: [{ ...session, run: () => ({ status, headers: {}, ...(body === undefined ? {} : { body }) }) }]
    }).send(client.use('x'))
  t.equal((await respond(200, 'à ∂')).headers['content-length'], '6')
  t.equal((await respond(200)).headers['content-length'], '0')
  for (const status of [204, 304]) t.notOk('content-length' in (await respond(status)).headers)
})

t.test('the Date of a response is the time of its space', async t => {
  const { app, send } = changed({})
  app.spaces.default.clock.set(Date.UTC(1999, 11, 31, 23, 59, 59))
  t.equal((await send(client.login())).headers.date, 'Fri, 31 Dec 1999 23:59:59 GMT')
})

t.test('a refused body over the limit closes the connection', async t => {
  const { send } = double({ products: [toy], bodyLimit: 20 })
  t.equal((await send(client.login(21))).headers.connection, 'close')
  t.not((await send(client.login(20))).headers.connection, 'close')
})

t.test('a failure can be thrown at any depth', async t => {
  const { send, told } = changed({ operations: [broken(new Failure('forbidden', { why: { reason: 'locked' } }))] })
  t.equal((await send(client.use('x'))).body, 'no: forbidden\n')
  t.strictSame(told, [{ status: 403, failure: 'forbidden', bugs: [] }])
})
