import type { ServerResponse } from 'node:http'
import type { Credentials, Operation, Product } from '../product/product.js'
import type { ProductRequest } from '../product/request.js'
import type { UnmatchedRequest } from './recorder.js'

/** A request to a product that has come whole, and is no call yet. */
export interface Arrival {
  readonly product: Product
  readonly operation: Operation | undefined
  readonly request: ProductRequest
  /** The space that its path, its header or its listener names, if one does. */
  readonly spaceName: string | undefined
  readonly credentials: Credentials
  /** What is wrong with it before its operation can begin. */
  readonly refusal: unknown
}

/** Who says when requests take place that have come, where that is not at once. */
export interface Admission {
  /** Sees to it that the request becomes a call, and is answered. */
  admit(arrival: Arrival, response: ServerResponse): void
  /** Takes down a request that no product knows, in the space of that name; resolves when it may be answered. */
  admitUnmatched(unmatched: UnmatchedRequest, space: string | undefined): Promise<void>
}
