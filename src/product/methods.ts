import { getOrCreate } from '../base/get-or-create.js'
import { memoize } from '../base/memoize.js'
import { decodedPath } from '../http/path.js'
import type { Product } from './product.js'

/** The methods that the path of this URL takes, seen with the eyes of the product's router; none where it has no such path. */
export const methodsAt = (product: Product, url: string): readonly string[] =>
  methodsOf(product).get(normal(decodedPath(url), product)) ?? []

const methodsOf = memoize(
  100,
  (product: Product) => product,
  product => {
    const methods = new Map<string, string[]>()
    for (const [method, path] of product.operations.flatMap(operation => operation.routes))
      getOrCreate(methods, normal(path, product), () => [] as string[]).push(method)
    return methods
  }
)

const normal = (path: string, { router }: Product): string => {
  const single = router.ignoreDuplicateSlashes ? path.replace(/\/{2,}/g, '/') : path
  const bare = router.ignoreTrailingSlash ? single.replace(/(.)\/$/, '$1') : single
  return router.caseSensitive ? bare : bare.toLowerCase()
}
