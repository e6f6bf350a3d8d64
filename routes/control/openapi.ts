import type { Endpoint } from '../../src/control/endpoint.js'
import { describeControl } from '../../src/control/openapi.js'
import { Problem } from '../../src/http/problem.js'
import type { Product } from '../../src/product/product.js'
import { demo } from '../../src/session/accounts.js'
import { defaultSpaceName } from '../../src/session/space-values.js'
import type { Space } from '../../src/space/space.js'
import { list, object, ref, schemas } from './schemas.js'

const control: Endpoint = {
  method: 'GET',
  path: '/openapi.json',
  stateless: true,
  summary: 'OpenAPI 3.1 description of the control API',
  answers: { 200: { description: 'The description.', schema: { type: 'object' } } },
  run: ({ context }) => describeControl(context.endpoints, schemas, context.version)
}

const products: Endpoint = {
  method: 'GET',
  path: '/products',
  summary: 'List products, operations, methods and paths',
  answers: { 200: { description: 'The products.', schema: object({ products: list(ref('Product')) }) } },
  run: ({ context, space, origin }) => ({
    products: context.products.map(product => ({
      name: product.name,
      title: product.title,
      base: product.base,
      login: loginCommand(product, space, context.urls.get(product.name) ?? origin),
      fidelity: space.fidelity(product),
      operations: product.operations.map(({ name, summary, routes }) => ({
        name,
        summary,
        routes: routes.map(([method, path]) => ({ method, path }))
      }))
    }))
  })
}

/** A login command with an account of the scenario. */
const loginCommand = (product: Product, { name, scenario: { accounts } }: Space, url: string): string => {
  const [account = demo] = accounts === 'any' ? [] : accounts
  return product.sample(name === defaultSpaceName ? url : `${url}/~${name}`, account)
}

const product: Endpoint = {
  method: 'GET',
  path: '/products/{product}/openapi.json',
  summary: 'OpenAPI 3.1 description of a product',
  query: {
    aliases: { enum: ['true', 'false'], description: 'Also the routes that its published documents do not name.' }
  },
  answers: {
    200: { description: 'The description.', schema: { type: 'object' } },
    404: { description: 'Unknown product.' }
  },
  run: async ({ context, params, query, space }) => {
    const found = context.products.find(({ name }) => name === params.product)
    const { describeProduct } = await import('../../src/control/openapi-product.js')
    if (found) return describeProduct(found, space, { ...context, aliases: query.aliases === 'true' })
    const names = context.products.map(({ name }) => name)
    throw new Problem(
      404,
      'No such product',
      `There is no product "${params.product}"; there are ${names.join(', ')}.`,
      { products: names }
    )
  }
}

export const openapiEndpoints = [control, products, product]
