import { fileURLToPath } from 'node:url'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { endpoints } from '../../routes/control/index.js'
import { schemas } from '../../routes/control/schemas.js'
import { products } from '../../routes/index.js'
import { describeControl } from '../../src/control/openapi.js'
import { ScenarioCatalog } from '../../src/scenario/format/catalog.js'
import { type Double, type DoubleOptions, double } from './double.js'
import type { Driver } from './driver.js'
import { drivers } from './drivers.js'

/** The driver of a product, by name. */
export const clientOf = (product: string): Driver => {
  const driver = drivers.find(each => each.product.name === product)
  if (!driver) throw new Error(`there is no client of ${product} here`)
  return driver
}

/** The shipped scenarios. */
export const shippedStories = new ScenarioCatalog(fileURLToPath(new URL('../../scenarios', import.meta.url)), products)

/** A response of the control API. */
export interface Told {
  readonly status: number
  readonly type: string
  readonly text: string
  /** The parsed JSON body. */
  readonly body: Record<string, unknown>
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
}

export interface Steered extends Double {
  /**
   * Sends a request to the control API: `GET /clock?space=a`, with a JSON or text body. Throws if the response does not conform
   * to the OpenAPI description.
   */
  ask(line: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Told>
}

/** An app without a port, with its control API. */
export const steered = (options: DoubleOptions = {}): Steered => {
  const app = double(options)
  const ask: Steered['ask'] = async (line, body, headers = {}) => {
    const [method = '', url = ''] = line.split(/ (.*)/s)
    const reply = await app.send({
      method: method as 'GET',
      url: url.startsWith('/~') ? url : `/__admin${url}`,
      headers: { ...headers },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    return promised(method, url, toldBy(reply.statusCode, reply.headers, reply.body))
  }
  return { ...app, ask }
}

export const toldBy = (status: number, headers: Told['headers'], text: string): Told => {
  const type = String(headers['content-type'] ?? '')
  return { status, type, text, headers, body: type.includes('json') ? JSON.parse(text) : {} }
}

const description = { $id: 'api', ...describeControl(endpoints, schemas, '0.0.0') }
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
ajv.addSchema(description)

/** Returns a response that conforms to the OpenAPI description. Throws otherwise. */
export const promised = (method: string, url: string, told: Told): Told => {
  const path = (url.split('?', 1)[0] ?? '').replace(/^\/~[^/]+\/__admin/, '')
  const endpoint = endpoints.find(
    each => each.method === method && new RegExp(`^${each.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
  )
  if (!endpoint) return told
  const answer = endpoint.answers[told.status]
  const type = answer?.type ?? (told.status >= 400 && !answer?.schema ? 'application/problem+json' : 'application/json')
  if (!answer && told.status < 400) throw new Error(`${method} ${path} does not say that it can answer ${told.status}`)
  if (told.type.split(';', 1)[0] !== type) throw new Error(`${method} ${path} answered ${told.type}, and not ${type}`)
  if (!type.includes('json')) return told
  const at = [
    'paths',
    endpoint.path,
    method.toLowerCase(),
    'responses',
    answer ? told.status : 'default',
    'content',
    type
  ]
  const pointer = at.map(step => String(step).replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent)
  const validate = checkOf(`api#/${pointer.join('/')}/schema`)
  if (!validate(told.body)) throw new Error(`${method} ${path}: ${ajv.errorsText(validate.errors)}: ${told.text}`)
  return told
}

const checks = new Map<string, ValidateFunction>()

const checkOf = ($ref: string): ValidateFunction => {
  const check = checks.get($ref) ?? ajv.compile({ $ref })
  checks.set($ref, check)
  return check
}
