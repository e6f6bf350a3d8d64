import type { Endpoint } from '../../src/control/control.js'
import { describeControl } from '../../src/control/openapi.js'
import { Problem } from '../../src/problem.js'
import { endpoints } from './index.js'
import { list, object, ref, schemas } from './schemas.js'

const control: Endpoint = {
  method: 'GET',
  path: '/openapi.json',
  summary: 'This API, described in OpenAPI 3.1',
  answers: { 200: { description: 'The description.', schema: { type: 'object' } } },
  run: ({ house }) => describeControl(endpoints, schemas, house.version)
}

const products: Endpoint = {
  method: 'GET',
  path: '/products',
  summary: 'The products, their operations, methods and paths',
  answers: { 200: { description: 'The products.', schema: object({ products: list(ref('Product')) }) } },
  run: ({ house, space }) => ({
    products: house.products.map(product => ({
      name: product.name,
      title: product.title,
      base: product.base,
      fidelity: space.fidelity(product),
      operations: product.operations.map(({ name, summary, routes }) => ({
        name,
        summary,
        routes: routes.map(([method, path]) => ({ method, path }))
      }))
    }))
  })
}

const product: Endpoint = {
  method: 'GET',
  path: '/products/{product}/openapi.json',
  summary: "A product's operations, described in OpenAPI 3.1",
  answers: {
    200: { description: 'The description.', schema: { type: 'object' } },
    404: { description: 'There is no such product.' }
  },
  run: async ({ house, params, space }) => {
    const found = house.products.find(({ name }) => name === params.product)
    const { describeProduct } = await import('../../src/control/openapi-product.js')
    if (found) return describeProduct(found, space, house.version)
    const names = house.products.map(({ name }) => name)
    throw new Problem(
      404,
      'No such product',
      `There is no product "${params.product}"; there are ${names.join(', ')}.`,
      { products: names }
    )
  }
}

export const describeEndpoints = [control, products, product]
