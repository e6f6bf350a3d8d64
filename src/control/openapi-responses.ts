import type { ApiContent, ApiDescription, ApiOperation, ApiResponse, ApiSchema } from '../product/api-description.js'
import type { Refusal } from './openapi-refusals.js'

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
