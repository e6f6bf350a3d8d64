import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { convert } from 'xmlbuilder2'
import { isolate } from '../../src/app.js'
import { describeProduct } from '../../src/control/openapi-product.js'
import type { Exchange } from '../../src/exchange/answer.js'
import type { ProductCall } from '../../src/exchange/call.js'
import type { ExchangeListener } from '../../src/exchange/recorder.js'
import { type Answer, decodedPath } from '../../src/http/response.js'
import { isRecord } from '../../src/product/fields.js'
import type { Product } from '../../src/product/product.js'

interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
  readonly headers: Readonly<Record<string, { readonly required?: boolean }>>
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Record<string, Response> }>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

/**
 * Collects responses of products. `check` throws for the first one that does not conform to the OpenAPI description of its
 * product.
 */
export const describedAnswers = (): { readonly onExchange: ExchangeListener; check(): Promise<void> } => {
  const told: Exchange[] = []
  return {
    onExchange: (_entry, _bugs, exchange) => {
      if (exchange?.call.product.describe) told.push(exchange)
    },
    check: async () => {
      for (const exchange of told.splice(0)) if (!isMadeUp(exchange)) await compare(exchange)
    }
  }
}

/** Statuses and responses set by rules are not part of the description, nor are responses to bugs. */
const isMadeUp = ({ rules, bugs }: Exchange): boolean =>
  rules?.reply !== undefined || rules?.status !== undefined || bugs.length > 0

const compare = async ({ call, answer, rules }: Exchange): Promise<void> => {
  const description = await descriptionOf(call)
  const { method, url } = call.request
  const at = `${call.product.name}, ${call.fidelity}: ${method} ${url}: ${answer.status}`
  const found = responsesOf(call, description).flatMap(responses => responses[answer.status] ?? [])
  if (found.length === 0) throw new Error(`${at} is not described`)
  const wrongs = found.map(response => wrongOf(response, answer, rules, description, method === 'HEAD'))
  if (wrongs.every(wrong => wrong !== undefined)) throw new Error(`${at}: ${wrongs.join('; or ')}`)
}

/** The responses of the route, or of all operations if the path or method is unknown. */
const responsesOf = (
  { product, operation, request: { method, url } }: ProductCall,
  { paths }: Description
): Record<string, Response>[] => {
  if (!operation) return Object.values(paths).flatMap(each => Object.values(each).map(({ responses }) => responses))
  const asked = pathsAt(product, url)
  const route = operation.routes.find(each => each[0] === method && asked(each[1]))
  const described = route && paths[route[1]]?.[method.toLowerCase()]
  return described ? [described.responses] : []
}

/** Whether a URL matches a path, by the rules of the router of the product. */
const pathsAt = (product: Product, url: string) => {
  const { caseSensitive, ignoreTrailingSlash, ignoreDuplicateSlashes } = product.router
  const single = ignoreDuplicateSlashes ? decodedPath(url).replace(/\/{2,}/g, '/') : decodedPath(url)
  const bare = ignoreTrailingSlash ? single.replace(/(.)\/$/, '$1') : single
  return (path: string): boolean => (caseSensitive ? path === bare : path.toLowerCase() === bare.toLowerCase())
}

const ofHttp = new Set(['content-type', 'content-length', 'date', 'connection'])

const wrongOf = (
  response: Response,
  answer: Answer,
  rules: Exchange['rules'],
  description: Description,
  bodyless: boolean
): string | undefined => {
  const sent = new Map(Object.entries({ ...answer.always, ...answer.headers }).map(([k, v]) => [k.toLowerCase(), v]))
  const set = new Set(Object.keys(rules?.headers ?? {}).map(name => name.toLowerCase()))
  const known = new Map(Object.entries(response.headers).map(([name, header]) => [name.toLowerCase(), header]))
  for (const name of sent.keys())
    if (!known.has(name) && !ofHttp.has(name) && !set.has(name)) return `the header ${name} is not described`
  for (const [name, { required }] of known) if (required && !sent.has(name)) return `there is no header ${name}`
  const body = String(answer.body ?? '')
  const type = String(sent.get('content-type') ?? '').split(';', 1)[0] ?? ''
  if (body === '') return response.content?.[type] && !bodyless ? `the body of ${type} is empty` : undefined
  if (bodyless || set.has('content-type')) return undefined
  const media = response.content?.[type]
  if (!media) return `${type} is not described`
  return wrongBody(media.schema, type, body, description)
}

const wrongBody = (schema: object, type: string, body: string, description: Description): string | undefined => {
  const validate = validators.get(schema) ?? validatorOf(schema, type, description)
  validators.set(schema, validate)
  return validate(parseBody(type, body)) ? undefined : `${JSON.stringify(validate.errors)}: ${body}`
}

const validators = new WeakMap<object, ValidateFunction>()

const validatorOf = (schema: object, type: string, { components }: Description): ValidateFunction =>
  (type === 'application/json' ? json : texts).compile({ ...closed(schema), components: closed(components) })

const options = { strict: false, allErrors: true, validateFormats: false, validateSchema: false }
const json = new Ajv2020(options)
/** Numbers in XML are texts. */
const texts = new Ajv2020({ ...options, coerceTypes: true })

/** The schema without additional properties in its objects. */
const closed = (schema: object): object =>
  Object.fromEntries(
    Object.entries({ ...schema, ...('properties' in schema && { additionalProperties: false }) }).map(
      ([key, value]) => [
        key,
        Array.isArray(value)
          ? value.map(each => (isRecord(each) ? closed(each) : each))
          : isRecord(value)
            ? closed(value)
            : value
      ]
    )
  )

const parseBody = (type: string, body: string): unknown => {
  if (type === 'application/json') return JSON.parse(body)
  if (!type.endsWith('xml')) return body
  const [root] = Object.values(convert(body, { format: 'object' }))
  return textsOf(root)
}

/** `{ '@type': 'integer', '#': '2' }` is 2, an empty element is an empty text, and other attributes are properties. */
const textsOf = (value: unknown): unknown => {
  if (!isRecord(value)) return value
  if ('#' in value) return value['#']
  if (Object.keys(value).length === 0) return ''
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name.replace(/^@/, ''), textsOf(child)]))
}

const descriptions = new WeakMap<object, Map<string, Promise<Description>>>()

/** The description for the space of the call, including undocumented routes. */
const descriptionOf = ({ product, fidelity, space }: ProductCall): Promise<Description> => {
  const known = descriptions.get(product) ?? new Map<string, Promise<Description>>()
  descriptions.set(product, known)
  const made =
    known.get(fidelity) ??
    describeProduct(product, space, { version: '0.0.0', isolate, aliases: true }).then(
      (description): Description => JSON.parse(JSON.stringify(description))
    )
  known.set(fidelity, made)
  return made
}
