import { choice, nearest } from '../base/user-error.js'
import type { Client } from './client.js'
import { accepted } from './control-error.js'
import { createClient } from './create-client.js'
import { type OutgoingRequest, type Reply, type Transport, untilStopped } from './transport.js'

export interface ConnectOptions {
  /** The bearer token of `--admin-token`. */
  readonly token?: string
  /** Where the control API is, if it has a port of its own, such as `http://127.0.0.1:4199`. */
  readonly admin?: string
}

/** Talks to the server at this URL. Throws where none answers, or it asks for another token. */
export const connectTo = async (url: string, { token, admin = url }: ConnectOptions): Promise<Client> => {
  const origin = address(url)
  const control = address(admin)
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const ask = (request: OutgoingRequest) =>
    through(control, { ...request, headers: { ...authorization, ...request.headers } })
  const { products } = accepted(await ask({ method: 'GET', url: '/__admin/products', headers: {} })) as Products
  const transport: Transport = {
    control: ask,
    serve: request => through(origin, request),
    locate: (product, secure) => {
      if (secure && !origin.startsWith('https:'))
        throw new Error(`${origin} is no https URL: connect to the one of the server's`)
      return { origin, base: baseOf(product, products) }
    },
    stop: async () => undefined
  }
  return createClient(untilStopped(transport))
}

interface Products {
  readonly products: readonly Based[]
}

interface Based {
  readonly name: string
  readonly base: string
}

/** The path between the address of the server and the paths of a product. Throws for an unknown product. */
export const baseOf = (name: string | undefined, products: readonly Based[]): string => {
  if (name === undefined) return ''
  const found = products.find(product => product.name === name)
  if (found) return found.base
  const names = products.map(product => product.name)
  const meant = nearest(name, names)
  throw new Error(
    `there is no product "${name}"; ${meant ? `did you mean ${meant}?` : `there are ${choice(names, 'and')}`}`
  )
}

const address = (url: string): string => {
  if (URL.canParse(url) && /^https?:/.test(url)) return url.replace(/\/+$/, '')
  throw new Error(`expected the URL of a server, such as http://127.0.0.1:4100, found "${url}"`)
}

const through = async (origin: string, { method, url, headers, payload }: OutgoingRequest): Promise<Reply> => {
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

/** The cause of an error of `fetch` has the details. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return cause.message || ('code' in cause ? String(cause.code) : error.message)
}
