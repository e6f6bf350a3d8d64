import inject, { type InjectOptions } from 'light-my-request'
import { type FailureName, failureNames } from '../product/failure.js'
import type { Operation, Product, TokenLocation } from '../product/product.js'
import type { Space } from '../space/space.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { ControlContext, IsolatedProduct } from './endpoint.js'
import { grouped, operationId } from './openapi.js'

/** A product's operations in OpenAPI 3.1, as this space serves them; the refusals are asked of the product itself. */
export const describeProduct = async (
  product: Product,
  space: Space,
  { version, isolate }: ControlContext
): Promise<object> => {
  const { title, operations, tokenLocations = [], name } = product
  const app = isolate(product, space)
  const rows = await Promise.all(
    operations.flatMap(operation =>
      operation.routes.map(async ([method, path]) => {
        const responses = await responsesOf(app, product, method, path)
        return [path, method, { ...described(operation, method, path, tokenLocations), responses }] as const
      })
    )
  )
  app.close()
  return {
    openapi: '3.1.0',
    info: {
      title: `${title}, as session-mock serves it`,
      version,
      description: `Sessions of ${title}, ${space.fidelity(product)}. Which refusal comes when, the page routes/${name}.md says; a rule of a scenario can ask for each.`,
      license: { name: 'MIT', identifier: 'MIT' }
    },
    servers: [{ url: space.name === defaultSpaceName ? '/' : `/~${space.name}` }],
    tags: operations.map(each => ({ name: each.name, description: each.summary })),
    paths: grouped(rows),
    components: {
      securitySchemes: Object.fromEntries(tokenLocations.map(location => [idOf(location), schemeOf(location)]))
    }
  }
}

const described = (
  operation: Operation,
  method: string,
  path: string,
  tokenLocations: readonly TokenLocation[]
): object => {
  const { name, summary, login, body, query = {} } = operation
  const security = login ? [] : tokenLocations.map(location => ({ [idOf(location)]: [] }))
  return {
    operationId: operationId(method, path),
    summary,
    tags: [name],
    security,
    parameters: Object.entries(query).map(([parameter, schema]) => ({ name: parameter, in: 'query', schema })),
    ...(body && {
      requestBody: { content: Object.fromEntries(body.types.map(type => [type, { schema: body.schema }])) }
    })
  }
}

const idOf = (location: TokenLocation): string =>
  location.in === 'bearer' ? 'bearer' : `${location.in}-${location.name}`

const schemeOf = (location: TokenLocation): object =>
  location.in === 'bearer'
    ? { type: 'http', scheme: 'bearer' }
    : { type: 'apiKey', in: location.in, name: location.name }

interface Refusal {
  readonly failure: FailureName
  readonly status: number
  readonly type: string
  readonly body: string
}

const responsesOf = async (app: IsolatedProduct, product: Product, method: string, path: string): Promise<object> => {
  const refusals = await Promise.all(failureNames.map(failure => refusal(app, product, method, path, failure)))
  const statuses = [...new Set([200, ...refusals.map(({ status }) => status)])]
  return Object.fromEntries(
    statuses.map(status => [
      status,
      response(
        status,
        refusals.filter(each => each.status === status)
      )
    ])
  )
}

const refusal = async (
  app: IsolatedProduct,
  product: Product,
  method: string,
  url: string,
  failure: FailureName
): Promise<Refusal> => {
  const { statusCode, headers, body } = await inject(
    (request, response) => app.handle(request, response, { product }),
    { method: method as NonNullable<InjectOptions['method']>, url, headers: { prefer: `fail=${failure}` } }
  )
  const [type = ''] = String(headers['content-type'] ?? '').split(';', 1)
  return { failure, status: statusCode, type, body }
}

/** One status, with an example of each refusal that has it and a body. */
const response = (status: number, refusals: readonly Refusal[]): object => {
  const names = refusals.map(({ failure }) => failure).join(', ')
  const success = refusals.length === 0 ? 'Success.' : `Success; or refused: ${names}.`
  const told = refusals.filter(({ body }) => body !== '')
  const types = [...new Set(told.map(({ type }) => type))]
  return {
    description: status === 200 ? success : `Refused: ${names}.`,
    ...(types.length > 0 && {
      content: Object.fromEntries(
        types.map(type => [
          type,
          mediaOf(
            type,
            told.filter(each => each.type === type)
          )
        ])
      )
    })
  }
}

const mediaOf = (type: string, refusals: readonly Refusal[]): object => ({
  schema: { type: type === 'application/json' ? 'object' : 'string' },
  examples: Object.fromEntries(
    refusals.map(({ failure, body }) => [failure, { value: type === 'application/json' ? JSON.parse(body) : body }])
  )
})
