import { getOrCreate } from '../base/get-or-create.js'
import { decodedPath } from '../http/path.js'
import type { Operation, Product } from './product.js'

/** One method of one path, with its handler. */
export interface Route {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** Every route of a product, in the order of its operations. */
export const routesOf = (product: Product): readonly Route[] => tableOf(product).routes

/** The methods that the path of this URL takes, seen with the eyes of the product's router; none where it has no such path. */
export const methodsAt = (product: Product, url: string): readonly string[] =>
  tableOf(product).methods.get(normal(decodedPath(url), product)) ?? []

interface RouteTable {
  readonly routes: readonly Route[]
  /** Methods by the paths as the product's router sees them. */
  readonly methods: ReadonlyMap<string, readonly string[]>
}

const tables = new WeakMap<Product, RouteTable>()

/** Made once for each product. */
const tableOf = (product: Product): RouteTable => getOrCreate(tables, product, () => createTable(product))

const createTable = (product: Product): RouteTable => {
  const routes = product.operations.flatMap(operation =>
    operation.routes.map(([method, path]) => ({ method, path, operation }))
  )
  const methods = new Map<string, string[]>()
  for (const { method, path } of routes) getOrCreate(methods, normal(path, product), () => [] as string[]).push(method)
  return { routes, methods }
}

const normal = (path: string, { router }: Product): string => {
  const single = router.ignoreDuplicateSlashes ? path.replace(/\/{2,}/g, '/') : path
  const bare = router.ignoreTrailingSlash ? single.replace(/(.)\/$/, '$1') : single
  return router.caseSensitive ? bare : bare.toLowerCase()
}
