import type { ApiContent, ApiDescription, ApiOperation, ApiSchema } from '../product/api-description.js'
import type { Operation, Product } from '../product/product.js'
import type { Space } from '../space/space.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { ControlContext, IsolatedProduct } from './endpoint.js'
import { grouped, type OpenapiRow, operationId } from './openapi-parts.js'
import { requestRefusals } from './openapi-refusals.js'
import { responsesOf } from './openapi-responses.js'

export interface DescribeOptions extends Pick<ControlContext, 'version' | 'isolate'> {
  /** With routes and token locations beyond those of the product's documents. */
  readonly aliases?: boolean
}

/** The operations of a product in OpenAPI 3.1, as this space serves them. The refusals are requested from the product itself. */
export const describeProduct = async (
  product: Product,
  space: Space,
  { version, isolate, aliases = false }: DescribeOptions
): Promise<object> => {
  const { title, name } = product
  const fidelity = space.fidelity(product)
  const api = (await product.describe?.(fidelity)) ?? undescribed
  const app = isolate(product, space)
  const rows = await Promise.all(product.operations.map(each => rowsOf(app, product, each, api, aliases)))
  app.close()
  return {
    openapi: '3.1.0',
    info: {
      title: `${title}, emulated by session-mock`,
      version,
      description: `Sessions of ${title}, ${fidelity}. The page routes/${name}.md describes the conditions of each refusal; a rule of a scenario can select each.`,
      license: { name: 'MIT', identifier: 'MIT' }
    },
    servers: [{ url: space.name === defaultSpaceName ? '/' : `/~${space.name}` }],
    tags: [...new Set(product.operations.map(each => tagOf(each, api)))].map(tag => ({ name: tag })),
    paths: grouped(rows.flat()),
    components: { schemas: api.schemas, securitySchemes: api.securitySchemes }
  }
}

const undescribed: ApiDescription = { schemas: {}, securitySchemes: {}, refusal: {}, operations: {} }

const tagOf = ({ name }: Operation, api: ApiDescription): string => api.operations[name]?.tag ?? name

const rowsOf = async (
  app: IsolatedProduct,
  product: Product,
  operation: Operation,
  api: ApiDescription,
  aliases: boolean
): Promise<readonly OpenapiRow[]> => {
  const [published, ...others] = operation.routes
  if (!published) return []
  const named = api.operations[operation.name] ?? { ...unnamed, id: operationId(...published), tag: operation.name }
  const refusals = await requestRefusals(app, product, published, api.accept)
  return [published, ...(aliases ? others : [])].map((route): OpenapiRow => {
    const [method, path] = route
    const own = (aliases && api.asServed?.(named, method, path)) || named
    const responses = responsesOf(own, refusals, api)
    return [
      path,
      method,
      {
        operationId: route === published ? own.id : operationId(method, path),
        ...requestOf({ summary: operation.summary, ...own }),
        responses: method === 'HEAD' ? withoutBodies(responses) : responses
      }
    ]
  })
}

const unnamed = { security: [], responses: { 200: { description: 'Success.' } } }

const requestOf = ({ summary, description, tag, security, query = {}, headers = {}, body }: ApiOperation): object => ({
  summary,
  description,
  tags: [tag],
  security: security.map(scheme => (scheme === '' ? {} : { [scheme]: [] })),
  parameters: [...parameters('query', query), ...parameters('header', headers)],
  ...(body && { requestBody: { required: body.required, content: mediaTypes(body.content) } })
})

const parameters = (place: 'query' | 'header', schemas: Readonly<Record<string, ApiSchema>>): object[] =>
  Object.entries(schemas).map(([name, schema]) => ({ name, in: place, schema }))

const mediaTypes = (content: ApiContent): object =>
  Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }]))

const withoutBodies = (responses: Readonly<Record<string, object>>): object =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, { ...response, content: undefined }])
  )
