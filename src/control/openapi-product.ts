import inject, { type InjectOptions } from 'light-my-request'
import { type FailureName, failureNames } from '../product/failure.js'
import type {
  ApiContent,
  ApiDescription,
  ApiOperation,
  ApiResponse,
  ApiSchema,
  Operation,
  Product
} from '../product/product.js'
import { defaultSpaceName } from '../session/space-values.js'
import type { Space } from '../space/space.js'
import type { ControlContext, IsolatedProduct } from './endpoint.js'
import { grouped, type OpenapiRow, operationId } from './openapi.js'

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

/** A response of the product to a failure. */
export interface Refusal {
  readonly failure: FailureName
  readonly status: number
  /** The media type of the body; empty without a body. */
  readonly type: string
  readonly body: string
  /** Names in lower case, without the headers of HTTP itself. */
  readonly headers: readonly string[]
}

/** Each refusal at this path, requested from the product once per value of `Accept`. */
export const requestRefusals = async (
  app: IsolatedProduct,
  product: Product,
  [method, url]: readonly [method: string, path: string],
  accept: readonly string[] = ['*/*']
): Promise<readonly Refusal[]> =>
  Promise.all(
    accept.flatMap(value =>
      failureNames.map(async failure => {
        const { statusCode, headers, body } = await inject(
          (request, response) => app.handle(request, response, { product }),
          {
            method: method as NonNullable<InjectOptions['method']>,
            url,
            headers: { accept: value, prefer: `fail=${failure}` }
          }
        )
        const [type = ''] = body === '' ? [] : String(headers['content-type'] ?? '').split(';', 1)
        const names = Object.keys(headers).filter(name => !ofHttp.has(name))
        return { failure, status: statusCode, type, body, headers: names }
      })
    )
  )

/** Headers of HTTP itself, left out here: connection, time, body, and the preference by which the response is requested. */
const ofHttp: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'preference-applied',
  'transfer-encoding'
])

/** All responses of an operation by status: the declared ones, and the requested refusals. */
export const responsesOf = (
  {
    responses: declared,
    refusals: own = {},
    examples = {},
    types
  }: Pick<ApiOperation, 'responses' | 'refusals' | 'examples' | 'types'>,
  requested: readonly Refusal[],
  { refusal, headers = {} }: Pick<ApiDescription, 'refusal' | 'headers'>
): Record<string, object> => {
  const schemaOf = ({ failure, type }: Refusal): ApiSchema => (own[failure] ?? refusal)[type] ?? { type: 'string' }
  const refusals = requested.filter(({ type }) => type === '' || (types?.includes(type) ?? true))
  const always = common(refusals)
  const statuses = new Set([...Object.keys(declared).map(Number), ...refusals.map(({ status }) => status)])
  return Object.fromEntries(
    [...statuses].map(status => {
      const refused = refusals.filter(each => each.status === status)
      const success = declared[status]
      return [
        status,
        {
          description: words(success, refused),
          headers: headersOf(status, success, refused, always, headers),
          ...contentOf(declaredContent(success, types), refused, schemaOf, examples[status])
        }
      ]
    })
  )
}

/** The headers of every refusal. */
const common = (refusals: readonly Refusal[]): readonly string[] => {
  const [first, ...others] = refusals
  return (first?.headers ?? []).filter(name => others.every(({ headers }) => headers.includes(name)))
}

const words = (success: ApiResponse | undefined, refused: readonly Refusal[]): string => {
  const names = [...new Set(refused.map(({ failure }) => failure))].join(', ')
  const refusal = names && `Refused: ${names}.`
  if (!success || !refusal) return success?.description ?? refusal
  return `${success.description.replace(/\.$/, '')}. ${refusal}`
}

const headersOf = (
  status: number,
  success: ApiResponse | undefined,
  refused: readonly Refusal[],
  always: readonly string[],
  some: Readonly<Record<string, string>>
): object => {
  const own = Object.entries({ ...some, ...preferred, ...success?.headers, ...(retried.has(status) && retryAfter) })
  const isAlways = (name: string) =>
    success?.hasHeaders === true && refused.length === 0 && name in (success.headers ?? {})
  const known = new Set(own.map(([name]) => name.toLowerCase()))
  const refusalHeaders = [...new Set([...always, ...refused.flatMap(({ headers }) => headers)])]
  return Object.fromEntries([
    ...refusalHeaders
      .filter(name => !known.has(name))
      .map(name => [name, { required: always.includes(name), schema: { type: 'string' } }]),
    ...own.map(([name, description]) => [
      name,
      { description, ...(isAlways(name) && { required: true }), schema: { type: 'string' } }
    ])
  ])
}

const preferred = { 'Preference-Applied': 'The applied preferences of the request, if it has any.' }
const retried: ReadonlySet<number> = new Set([429, 503])
const retryAfter = { 'Retry-After': 'If set by a rule of the scenario.' }

const declaredContent = ({ content = {} }: Partial<ApiResponse> = {}, types?: readonly string[]): ApiContent =>
  types ? Object.fromEntries(Object.entries(content).filter(([type]) => types.includes(type))) : content

const contentOf = (
  declared: ApiContent,
  refused: readonly Refusal[],
  schemaOf: (refusal: Refusal) => ApiSchema,
  more: Readonly<Record<string, unknown>> | undefined
): object => {
  const withBody = refused.filter(({ type }) => type !== '')
  const types = [...new Set([...Object.keys(declared), ...withBody.map(({ type }) => type)])]
  if (types.length === 0) return {}
  const entries = types.map(type => {
    const sameType = withBody.filter(each => each.type === type)
    return [
      type,
      {
        schema: either(declared[type], ...sameType.map(schemaOf)),
        ...examplesOf(sameType, type === 'application/json' ? more : undefined)
      }
    ]
  })
  return { content: Object.fromEntries(entries) }
}

const either = (...schemas: readonly (ApiSchema | undefined)[]): ApiSchema => {
  const different = new Map(schemas.map(schema => [JSON.stringify(schema), schema]))
  const [first = {}, ...others] = [...different.values()].filter(schema => schema !== undefined)
  return others.length === 0 ? first : { oneOf: [first, ...others] }
}

const examplesOf = (refused: readonly Refusal[], more: Readonly<Record<string, unknown>> = {}): object => {
  const requested = refused.map(({ failure, type, body }) => [
    failure,
    { value: type === 'application/json' ? JSON.parse(body) : body }
  ])
  const examples = [...requested, ...Object.entries(more).map(([name, value]) => [name, { value }])]
  return examples.length === 0 ? {} : { examples: Object.fromEntries(examples) }
}
