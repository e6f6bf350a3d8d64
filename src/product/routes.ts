import { distance as levenshtein } from 'fastest-levenshtein'
import { getOrCreate } from '../base/collections.js'
import { decodedPath } from '../http/response.js'
import type { Operation, Product } from './product.js'

/** A method and path with its operation. */
interface Route {
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

/** The base path of the control API. */
export const controlPath = '/__admin'

export const isControl = (path: string): boolean => path === controlPath || path.startsWith(`${controlPath}/`)

/** Suggestions for a request to an unknown path. */
export interface UnmatchedHint {
  /** The most similar route: `POST /session`. */
  readonly nearest?: string | undefined
  /** The owner of the path, if it is another product or the control API. */
  readonly owner?: string
  /** The note of the product about a path that is not emulated. */
  readonly hint?: string
}

/** Suggestions for a path. `own`: the product of the listener, if it has a single one. */
export const findNearest = (
  method: string,
  url: string,
  products: readonly Product[],
  own?: Product
): UnmatchedHint => {
  const path = decodedPath(url)
  if (isControl(path)) return { owner: 'the control API' }
  const owner = own?.pathPattern.test(path) ? undefined : products.find(({ pathPattern }) => pathPattern.test(path))
  if (own && owner && owner !== own) return { nearest: nearestRoute(method, url, [owner]), owner: owner.name }
  const missing = findNotEmulated(path, own ? [own] : products)
  if (missing) return { nearest: nearestRoute(method, url, [missing.product]), hint: missing.note }
  return { nearest: nearestRoute(method, url, own ? [own] : products) }
}

/** The entry of `notEmulated` for the path. */
const findNotEmulated = (path: string, products: readonly Product[]) =>
  products
    .flatMap(product => (product.notEmulated ?? []).map(each => ({ product, ...each })))
    .find(each => each.path.test(path))

/** The route with the most similar path, preferably of the same method: `POST /session`. */
export const nearestRoute = (method: string, url: string, products: readonly Product[]): string | undefined =>
  textOf(nearest(method, decodedPath(url), products)?.route)

/** A hint for a request to an unknown path, with a leading space; empty without a similar route. */
export const unmatchedMessage = (method: string, path: string, products: readonly Product[]): string => {
  if (isControl(path)) return ' It belongs to the control API, which has its own port (--admin-port).'
  if (/^\/(?:_*admin(?:\/|$)|health|ready|live|metrics)/i.test(path))
    return ` The control API is under ${controlPath}: GET ${controlPath}/health reports its health.`
  const missing = findNotEmulated(path, products)
  if (missing) return ` It belongs to ${missing.product.title}: ${missing.note}.`
  const best = nearest(method, path, products)
  if (!best || best.distance > path.length / 3) return ''
  const { product, route } = best
  const missingBase = path.toLowerCase().startsWith(product.base.toLowerCase())
    ? ''
    : `, with the base path ${product.base}`
  return ` The nearest is ${textOf(route)} of ${product.title}${missingBase}.`
}

const textOf = (route: Route | undefined): string | undefined => route && `${route.method} ${route.path}`

const nearest = (method: string, path: string, products: readonly Product[]) => {
  const routes = products.flatMap(product => routesOf(product).map(route => ({ product, route })))
  // The distance takes quadratic time; the beginning of a long path is enough.
  const start = path.slice(0, 200)
  const distanceTo = (route: Route) => pathDistance(start, route.path) + (route.method === method ? 0 : 0.5)
  return routes.map(each => ({ ...each, distance: distanceTo(each.route) })).sort((a, b) => a.distance - b.distance)[0]
}

/** The edit distance of two paths; small for a path that only lacks the base path. */
const pathDistance = (path: string, route: string): number => {
  const edits = levenshtein(path, route)
  return path.length > 1 && route.toLowerCase().endsWith(path.toLowerCase()) ? Math.min(edits, 1.25) : edits
}
