import type { Operation, Product } from '../product/product.js'
import type { Credentials, ProductRequest } from '../product/request.js'

/** The credentials of a request. `bug`: an error thrown by the product; the call responds to it with a server error. */
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
