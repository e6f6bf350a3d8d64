import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { formatDuration, parseDuration } from '../base/duration.js'
import { choice, nearest, UserError } from '../base/errors.js'
import { AbortController, isError, URL } from '../base/node-globals.js'
import { isRecord } from '../product/fields.js'
import { systemClock } from '../session/clock.js'
import type { Client } from './client.js'
import { ControlError, createClient, readReply } from './create-client.js'
import type { Duration } from './row-types.js'

export interface ConnectOptions {
  /** The bearer token of `--admin-token`. */
  readonly token?: string
  /** The URL of a separate control port, such as `http://127.0.0.1:4199`. */
  readonly admin?: string
  /** Maximum time of each whole request; default 11m, longer than every wait. */
  readonly timeout?: Duration
}

/** Limits of a response. */
interface Limits {
  readonly ms: number
  readonly bytes: number
}

/** Connects to the server at this URL. Throws a ControlError if it does not respond, or rejects the token. */
export const connectTo = async (
  url: string,
  { token, admin = url, timeout = '11m' }: ConnectOptions
): Promise<Client> => {
  const origin = readOrigin(url)
  const control = readOrigin(admin)
  const limits = { ms: readTimeout(timeout), bytes: 256 * 1024 * 1024 }
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const callControl = (request: OutgoingRequest, within = limits) =>
    sendTo(control, { ...request, headers: { ...authorization, ...request.headers } }, within)
  const first = { ms: Math.min(limits.ms, 30_000), bytes: 1024 * 1024 }
  const products = readProducts(
    await callControl({ method: 'GET', url: '/__admin/products', headers: {} }, first),
    control
  )
  const transport: Transport = {
    control: request => callControl(request),
    serve: request => sendTo(origin, request, limits),
    locate: (product, secure) => {
      if (secure && !origin.startsWith('https:'))
        throw new Error(`${origin} is not an https URL: connect to the https URL of the server`)
      return { origin, base: baseOf(product, products) }
    },
    stop: async () => undefined
  }
  return createClient(untilStopped(transport))
}

interface ProductBase {
  readonly name: string
  readonly base: string
}

const readProducts = (reply: Reply, control: string): readonly ProductBase[] => {
  const answer = readReply<unknown>(reply)
  const products = isRecord(answer) ? answer.products : undefined
  if (Array.isArray(products) && products.every(isProductBase)) return products
  throw new ControlError(`${control} does not respond as a session-mock`, reply.status, {})
}

const isProductBase = (value: unknown): value is ProductBase =>
  isRecord(value) && typeof value.name === 'string' && typeof value.base === 'string'

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
  throw new UserError(`expected the URL of a server, such as http://127.0.0.1:4100, found "${url}"`)
}

const readTimeout = (timeout: Duration): number => {
  const ms = typeof timeout === 'number' ? timeout : parseDuration(timeout)
  if (ms !== undefined && ms > 0) return ms
  throw new UserError(`timeout: expected a duration such as "30s", or milliseconds, found ${JSON.stringify(timeout)}`)
}

/**
 * Sends a request, and reads the whole response within the limits; a redirect is not followed. Not by `fetch`: browser-like test
 * environments have none, or one that refuses other origins. Throws a ControlError without a status.
 */
const sendTo = async (
  origin: string,
  { method, url, headers, payload }: OutgoingRequest,
  limits: Limits
): Promise<Reply> => {
  const { protocol, hostname, port, username, password } = new URL(origin)
  const { request: send } = protocol === 'https:' ? await import('node:https') : { request }
  const options: RequestOptions = {
    protocol,
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    ...(username && { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }),
    method,
    path: `${origin.replace(/^\w+:\/\/[^/]*/, '')}${url}`,
    headers: payload === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(payload) },
    // A connection for each request: the server may be closing an idle one.
    agent: false
  }
  const done = new AbortController()
  try {
    return await new Promise((resolve, reject) => {
      let hasResponse = false
      const sent = send(options, response => {
        hasResponse = true
        readBody(response, limits).then(resolve, reject)
      })
      sent.on('error', reject)
      // Without an error, as after a response to an upgrade.
      sent.on('close', () => {
        if (!hasResponse) reject(new Error('the connection was closed before the response'))
      })
      void systemClock.sleep(limits.ms, done.signal).then(() => {
        sent.destroy(new Error(`no complete response within ${formatDuration(limits.ms)}`))
      })
      sent.end(payload)
    })
  } catch (error) {
    throw new ControlError(`${method} ${origin}${url}: ${reasonOf(error)}`, 0, {}, { cause: error })
  } finally {
    done.abort()
  }
}

const readBody = async (response: IncomingMessage, { bytes }: Limits): Promise<Reply> => {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response) {
    pieces.push(piece)
    length += piece.length
    if (length > bytes) throw new Error(`the response is longer than ${bytes} bytes`)
  }
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(', ')]]
  )
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(pieces).toString()
  }
}

/** An error of several addresses has a code alone. */
const reasonOf = (error: unknown): string => {
  if (!isError(error)) return String(error)
  return error.message || ('code' in error ? String(error.code) : error.name)
}

/** An outgoing request. */
interface OutgoingRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string | undefined
}

export interface Reply {
  readonly status: number
  /** By lower-case name; values of the same name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The connection to a server, in this process or elsewhere. */
export interface Transport {
  /** Sends a request to the control API. */
  control(request: OutgoingRequest): Promise<Reply>
  /** Sends a request to a product. */
  serve(request: OutgoingRequest): Promise<Reply>
  /** The address of a product, or of all without a name. Throws without such a port. */
  locate(product: string | undefined, secure: boolean): { readonly origin: string; readonly base: string }
  /** Stops the server, or releases it. */
  stop(): Promise<void>
}

/** The same transport; after `stop`, every other call throws. */
export const untilStopped = (transport: Transport): Transport => {
  let isStopped = false
  const check = () => {
    if (isStopped) throw new Error('the server has been stopped: make no calls after stop(), or start another')
  }
  return {
    control: async request => {
      check()
      return transport.control(request)
    },
    serve: async request => {
      check()
      return transport.serve(request)
    },
    locate: (product, secure) => {
      check()
      return transport.locate(product, secure)
    },
    stop: () => {
      isStopped = true
      return transport.stop()
    }
  }
}
