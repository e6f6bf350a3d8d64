import t from 'tap'
import type { Failure } from '../../../src/product/failure.js'
import type { Product } from '../../../src/product/product.js'
import { toyDriver as client, toy } from '../../fixtures/toy.js'
import { double } from '../../support/double.js'

/** The toy, behind a router with these habits; it says which methods a path would take. */
const routed = (router: Partial<Product['router']>) => {
  const failureResponses = {
    ...toy.failureResponses,
    'method-not-allowed': ({ detail }: Failure) => ({ status: 405, headers: {}, body: `${detail.allow}` })
  }
  const { send } = double({
    products: [{ ...toy, pathPattern: /^\/+toy/i, failureResponses, router: { ...toy.router, ...router } }]
  })
  return async (method: 'POST' | 'PATCH', url: string) => {
    const { statusCode, body } = await send({ ...client.login(), method, url })
    return statusCode === 405 ? body : statusCode
  }
}

t.test('a wrong method is distinguished from a wrong path, and refused with the allowed methods', async t => {
  const call = routed({})
  t.equal(await call('PATCH', '/toy/knock'), 'POST,DELETE')
  t.equal(await call('PATCH', '/toy/knock?x=/toy'), 'POST,DELETE')
  t.equal(await call('PATCH', '/toy/nowhere'), 404)
})

t.test('letter case and slashes are significant if the router of the product distinguishes them', async t => {
  const strict = routed({})
  for (const path of ['/TOY/knock', '/toy/knock/', '/toy//knock', '//toy/knock']) {
    t.equal(await strict('POST', path), 404, path)
    t.equal(await strict('PATCH', path), 404, path)
  }
})

t.test('a method is looked up with the same rules', async t => {
  for (const [habit, path] of [
    [{ caseSensitive: false }, '/TOY/Knock'],
    [{ ignoreTrailingSlash: true }, '/toy/knock/'],
    [{ ignoreDuplicateSlashes: true }, '//toy///knock']
  ] as const) {
    const call = routed(habit)
    t.equal(await call('POST', path), 200, path)
    t.equal(await call('PATCH', path), 'POST,DELETE', path)
  }
})

t.test('an unknown path takes precedence over an invalid body', async t => {
  const { send } = double({ products: [toy] })
  const headers = { 'content-type': 'application/x-unheard-of' }
  for (const method of ['POST', 'PUT', 'QUERY', 'PROPFIND'])
    t.equal(
      (await send({ method: method as 'POST', url: '/toy/nowhere', headers, payload: '{' })).body,
      'no: not-found\n',
      method
    )
  t.equal((await send({ method: 'PUT', url: '/toy/knock', headers, payload: '{' })).body, 'no: method-not-allowed\n')
})

t.test('an invalid URL is not a path of a product', async t => {
  const { send } = double({ products: [toy] })
  for (const url of ['/toy/%', '/toy/%zz', '/toy/%ff', '/toy/knock%'])
    t.equal((await send({ ...client.login(), url })).body, 'no: not-found\n', url)
})
