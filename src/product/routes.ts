import { getOrCreate } from '../base/get-or-create.js'
import { decodedPath } from '../http/path.js'
import type { Operation, Product } from './product.js'

/** A method and path with its operation. */
export interface Route {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** All routes of a product, in the order of its operations. */
export const routesOf = (product: Product): readonly Route[] => tableOf(product).routes

/** The methods of the path of this URL, by the router options of the product; empty for an unknown path. */
export const methodsAt = (product: Product, url: string): readonly string[] =>
  tableOf(product).methods.get(normalize(decodedPath(url), product)) ?? []

interface RouteTable {
  readonly routes: readonly Route[]
  /** Methods by normalized path. */
  readonly methods: ReadonlyMap<string, readonly string[]>
}

const tables = new WeakMap<Product, RouteTable>()

const tableOf = (product: Product): RouteTable => getOrCreate(tables, product, () => createTable(product))

const createTable = (product: Product): RouteTable => {
  const routes = product.operations.flatMap(operation =>
    operation.routes.map(([method, path]) => ({ method, path, operation }))
  )
  const methods = new Map<string, string[]>()
  for (const { method, path } of routes)
    getOrCreate(methods, normalize(path, product), () => [] as string[]).push(method)
  return { routes, methods }
}

const normalize = (path: string, { router }: Product): string => {
  const single = router.ignoreDuplicateSlashes ? path.replace(/\/{2,}/g, '/') : path
  const bare = router.ignoreTrailingSlash ? single.replace(/(.)\/$/, '$1') : single
  return router.caseSensitive ? bare : bare.toLowerCase()
}
