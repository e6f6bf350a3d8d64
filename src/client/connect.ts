import { choice, nearest } from '../base/user-error.js'
import type { Client } from './client.js'
import { readReply } from './control-error.js'
import { createClient } from './create-client.js'
import { type OutgoingRequest, type Reply, type Transport, untilStopped } from './transport.js'

export interface ConnectOptions {
  /** The bearer token of `--admin-token`. */
  readonly token?: string
  /** The URL of a separate control port, such as `http://127.0.0.1:4199`. */
  readonly admin?: string
}

/** Connects to the server at this URL. Throws if it does not respond, or rejects the token. */
export const connectTo = async (url: string, { token, admin = url }: ConnectOptions): Promise<Client> => {
  const origin = readOrigin(url)
  const control = readOrigin(admin)
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const callControl = (request: OutgoingRequest) =>
    sendTo(control, { ...request, headers: { ...authorization, ...request.headers } })
  const { products } = readReply<Products>(await callControl({ method: 'GET', url: '/__admin/products', headers: {} }))
  const transport: Transport = {
    control: callControl,
    serve: request => sendTo(origin, request),
    locate: (product, secure) => {
      if (secure && !origin.startsWith('https:'))
        throw new Error(`${origin} is not an https URL: connect to the https URL of the server`)
      return { origin, base: baseOf(product, products) }
    },
    stop: async () => undefined
  }
  return createClient(untilStopped(transport))
}

interface Products {
  readonly products: readonly ProductBase[]
}

interface ProductBase {
  readonly name: string
  readonly base: string
}

/** The path between the address of the server and the paths of a product. Throws for an unknown product. */
export const baseOf = (name: string | undefined, products: readonly ProductBase[]): string => {
  if (name === undefined) return ''
  const found = products.find(product => product.name === name)
  if (found) return found.base
  const names = products.map(product => product.name)
  const suggestion = nearest(name, names)
  throw new Error(
    `there is no product "${name}"; ${suggestion ? `did you mean ${suggestion}?` : `there are ${choice(names, 'and')}`}`
  )
}

const readOrigin = (url: string): string => {
  if (URL.canParse(url) && /^https?:/.test(url)) return url.replace(/\/+$/, '')
  throw new Error(`expected the URL of a server, such as http://127.0.0.1:4100, found "${url}"`)
}

const sendTo = async (origin: string, { method, url, headers, payload }: OutgoingRequest): Promise<Reply> => {
  const response = await fetch(`${origin}${url}`, {
    method,
    headers,
    redirect: 'manual',
    ...(payload === undefined ? {} : { body: payload })
  }).catch(error => {
    throw new Error(`${method} ${origin}${url}: ${reasonOf(error)}`, { cause: error })
  })
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}

/** The details are in the cause of an error of `fetch`. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return cause.message || ('code' in cause ? String(cause.code) : error.message)
}
