import type { ServerResponse } from 'node:http'
import type { Operation, Product } from '../product/product.js'
import type { Credentials, ProductRequest } from '../product/request.js'
import type { UnmatchedRequest } from './recorder.js'

/** A completely received request to a product, before it becomes a call. */
export interface ReceivedRequest {
  readonly product: Product
  readonly operation: Operation | undefined
  readonly request: ProductRequest
  /** The space named by path, header or listener, if any. */
  readonly spaceName: string | undefined
  readonly credentials: Credentials
  /** An error from before the operation: a Failure or a bug. */
  readonly refusal: unknown
}

/** Decides when received requests are executed, if not at once. */
export interface Admission {
  /** Makes the request a call, and sends its response. */
  admit(received: ReceivedRequest, response: ServerResponse): void
  /** Records an unmatched request in the space of this name; resolves when its response may be sent. */
  admitUnmatched(unmatched: UnmatchedRequest, space: string | undefined): Promise<void>
}
