import type { Credentials, Operation, Product } from '../product/product.js'
import type { ProductRequest } from '../product/request.js'

/** What the product reads off a request; what its reading throws is a bug, and the call's to answer. */
export const credentialsOf = (
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
