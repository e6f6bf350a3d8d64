import type { IncomingMessage, ServerResponse } from 'node:http'
import { getOrCreate } from '../base/get-or-create.js'
import { createDelivery } from '../http/delivery.js'
import type { Credentials, Operation, Product } from '../product/product.js'
import { isPlain, type ProductRequest, plainRequest } from '../product/request.js'
import type { Space } from '../space/space.js'
import type { Spaces } from '../space/spaces.js'
import { ProductCall } from './call.js'
import { type ExchangeListener, exchange } from './exchange.js'
import { createRouting } from './routing.js'

/** Serves one request; `space` is the one that its path or its header names, if one does. */
export type Serve = (request: IncomingMessage, response: ServerResponse, space: Space | undefined) => void

export interface MountOptions {
  readonly spaces: Spaces
  readonly onExchange: ExchangeListener
  /** Told what observers of an exchange, or its sending, threw. */
  readonly failed: (error: unknown) => void
  /** Bytes a body may have. */
  readonly bodyLimit: number
}

/** Makes a product's requests calls, and sees to it that each is answered. */
export const mount = async (
  product: Product,
  { spaces, onExchange, failed, bodyLimit }: MountOptions
): Promise<Serve> => {
  const sinks = { onExchange, failed, deliver: createDelivery(failed) }
  const answer = (
    request: ProductRequest,
    response: ServerResponse,
    operation: Operation | undefined,
    given?: Space,
    refusal?: unknown
  ): void => {
    const carried = carriedBy(request, product, operation)
    const space = given ?? spaces.ofToken(product.name, carried.token) ?? spaces.default
    void exchange(new ProductCall(product, operation, request, space, carried), response, sinks, refusal ?? carried.bug)
  }
  const named = new WeakMap<IncomingMessage, Space>()
  const route = await createRouting(product, bodyLimit, (request, response, operation, refusal) =>
    answer(request, response, operation, named.get(request.raw), refusal)
  )
  const documented = documentedOf(product)
  return (request, response, space) => {
    // The commonest requests have neither body nor query, and a path just as documented: nothing is to be routed or parsed.
    const known = isPlain(request) ? documented.get(request.url ?? '')?.get(request.method ?? '') : undefined
    if (known) return answer(plainRequest(request, known.url), response, known.operation, space)
    if (space) named.set(request, space)
    route(request, response)
  }
}

/** What the product reads off a request; what its reading throws is a bug, and the call's to answer. */
const carriedBy = (
  request: ProductRequest,
  product: Product,
  operation: Operation | undefined
): Credentials & { readonly bug: unknown } => {
  try {
    return { token: product.token(request, operation), login: operation?.login?.(request), bug: undefined }
  } catch (bug) {
    return { token: undefined, login: undefined, bug }
  }
}

interface Documented {
  readonly url: string
  readonly operation: Operation
}

/** The operations by their paths as they are documented, and by methods. */
const documentedOf = ({ operations }: Product): ReadonlyMap<string, ReadonlyMap<string, Documented>> => {
  const byUrl = new Map<string, Map<string, Documented>>()
  for (const operation of operations)
    for (const [method, url] of operation.routes) getOrCreate(byUrl, url, newMap).set(method, { url, operation })
  return byUrl
}

const newMap = () => new Map<string, Documented>()
