import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServeControl } from '../control/server.js'
import type { Admission, Serve } from '../exchange/mount.js'
import type { Recorder, UnmatchedRequest } from '../exchange/recorder.js'
import { endAfterResponse } from '../http/delivery.js'
import { Problem, problemAnswer, send, sendAfterBody } from '../http/problem.js'
import { type Received, receiveUpTo } from '../http/receive.js'
import { type ArrivedRequest, decodedPath, peerOf } from '../http/response.js'
import type { Product } from '../product/product.js'
import { controlPath, isControl, unmatchedMessage } from '../product/routes.js'
import { type Spaces, spaceName } from '../space/spaces.js'

interface DispatcherOptions {
  readonly products: readonly Product[]
  readonly spaces: Spaces
  /** Serves requests to this product; a promise until its app is ready. */
  readonly mounted: (product: Product) => Serve | Promise<Serve>
  /** Serves the control API; a promise until it is ready. */
  readonly control: () => ServeControl | Promise<ServeControl>
  readonly recorder: Recorder
  /** The order of requests in a store; undefined without one. */
  readonly admission?: Admission | undefined
  readonly version: string
  readonly hasDashboard: boolean
  /** Maximum bytes read from the body of an unmatched request. */
  readonly bodyLimit: number
}

/** The role of a listener. */
export interface ListenerRole {
  /** The only product of this listener; undefined for the shared listener. */
  readonly product?: Product
  /** Default space of requests. */
  readonly space?: string
  /** Whether the control API is served beside the products (the default), alone, or not at all. */
  readonly control?: 'beside' | 'alone' | 'elsewhere'
}

/** Handles a request of a listener. */
export type Handle = (request: ArrivedRequest, response: ServerResponse, role?: ListenerRole) => void

/** Selects the target of a request: its space, and a product or the control API. */
export const createDispatcher =
  ({ products, spaces, mounted, control, recorder, admission, bodyLimit, ...about }: DispatcherOptions): Handle =>
  (request, response, { product: own, space: usual, control: where = 'beside' } = {}) => {
    const { space: name = usual, url } = targetOf(request)
    if (name !== undefined && !spaceName.test(name))
      return sendAfterBody(problemAnswer(noSpace(name)), request, response, bodyLimit)
    const path = decodedPath(url)
    // Without a listener, no connection has arrived before.
    const { peer = peerOf(request.socket) } = request
    const addressed = Object.assign(request, { url, path, spaceName: name, peer })
    const unsupported = unsupportedBy(request)
    if (!unsupported && where !== 'elsewhere' && isControl(path)) return serve(control(), addressed, response)
    const space = name === undefined || admission ? undefined : spaces.get(name)
    const dispatched = Object.assign(addressed, { space })
    const refuse = async (problem: Problem, { bytes, isCut }: Received): Promise<void> => {
      const answer = problemAnswer(problem)
      const body = bytes.length === 0 ? undefined : bytes.toString()
      const unmatched: UnmatchedRequest = { request, url, body, answer, left: response.destroyed }
      if (admission) await admission.admitUnmatched(unmatched, name)
      else recorder.recordUnmatched(unmatched, space ?? spaces.default)
      if (isCut) endAfterResponse(request, response)
      send(answer, response)
    }
    // Its body is not read, as the client may wait before it.
    if (unsupported) return void refuse(unsupported, { bytes: Buffer.alloc(0), isCut: true })
    const served = where === 'alone' ? undefined : (own ?? products.find(({ pathPattern }) => pathPattern.test(path)))
    if (served) return serve(mounted(served), dispatched, response)
    if (path === '/' && isRead(request))
      return void sendWelcome(request, response, { products, ...about, control: where })
    // A product alone answers as its server does, which knows no other product either.
    if (where !== 'alone' && products.length === 1 && products[0])
      return serve(mounted(products[0]), dispatched, response)
    const problem = where === 'alone' ? notControl(path, products) : noProduct(request.method ?? '', path, products)
    void receiveUpTo(request, bodyLimit).then(received => refuse(problem, received))
  }

/** The refusal of a tunnel, and of an expectation other than 100-continue (RFC 9110, 9.3.6 and 10.1.1). */
const unsupportedBy = ({ method, headers: { expect } }: IncomingMessage): Problem | undefined => {
  if (method === 'CONNECT')
    return new Problem(501, 'This is no proxy', 'The client asks for a tunnel: remove this address from its proxies.')
  if (expect === undefined || /^100-continue$/i.test(expect)) return undefined
  return new Problem(417, 'Unknown expectation', `The header Expect: ${expect} is not supported, only 100-continue.`)
}

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD'

/** Loaded on first use. */
const sendWelcome = async (...args: Parameters<typeof import('./welcome.js')['welcome']>): Promise<void> =>
  (await import('./welcome.js')).welcome(...args)

type Ready<Request> = (request: Request, response: ServerResponse) => void

/** Passes the request on, synchronously if the app is ready. */
const serve = <Request extends IncomingMessage>(
  ready: Ready<Request> | Promise<Ready<Request>>,
  request: Request,
  response: ServerResponse
): void => {
  if (typeof ready === 'function') ready(request, response)
  else
    ready.then(
      now => now(request, response),
      bug => send(problemAnswer(new Problem(500, 'A bug in session-mock', String(bug))), response)
    )
}

/** The name of the space, from the path prefix or else the header, and the URL without the prefix. */
const targetOf = ({
  url: sent = '/',
  headers
}: IncomingMessage): { readonly space: string | undefined; readonly url: string } => {
  const url = sent.startsWith('/') ? sent : pathAndQuery(sent)
  if (prefix.test(url)) {
    const [, space = '', rest = ''] = /^\/(?:~|%7e)([^/?]*)(.*)$/is.exec(url) ?? []
    return { space: decodedPath(space), url: rest.startsWith('/') ? rest : `/${rest}` }
  }
  return { space: headers['x-mock-space']?.toString(), url }
}

/** The path and query of an absolute URL, which clients of a proxy send. */
const pathAndQuery = (url: string): string => {
  const [, rest] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(url) ?? []
  if (rest === undefined) return url
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** Some clients percent-encode the tilde. */
const prefix = /^\/(?:~|%7e)/i

const noSpace = (name: string): Problem =>
  new Problem(
    400,
    'Invalid name of a space',
    `A space's name has 1 to 64 letters, digits, ".", "_" or "-"; this one is ${JSON.stringify(name)}.`
  )

const noProduct = (method: string, path: string, products: readonly Product[]): Problem => {
  const detail = `${path} belongs to none of the products served here.${unmatchedMessage(method, path, products)}`
  return new Problem(404, 'No such path on any product', detail, {
    products: Object.fromEntries(
      products.map(({ name, operations }) => [
        name,
        operations.flatMap(({ routes }) => routes.slice(0, 1).map(([method, route]) => `${method} ${route}`))
      ])
    )
  })
}

const notControl = (path: string, products: readonly Product[]): Problem => {
  const owner = products.find(({ pathPattern }) => pathPattern.test(path))
  const hint = owner ? ` It belongs to ${owner.title}, which is on the other ports.` : ''
  const detail = `${path} is not one of its paths, which begin with ${controlPath}/.${hint}`
  return new Problem(404, 'This port has only the control API', detail)
}
