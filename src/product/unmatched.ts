import { distance } from 'fastest-levenshtein'
import { decodedPath } from '../http/path.js'
import type { Product } from './product.js'
import { type Route, routesOf } from './routes.js'

/** Where the control API is. */
export const controlPath = '/__admin'

export const isControl = (path: string): boolean => path === controlPath || path.startsWith(`${controlPath}/`)

/** Suggestions for a request to an unknown path. */
export interface UnmatchedHint {
  /** `POST /session`: the route that is least different. */
  readonly nearest?: string | undefined
  /** Whose the path is, where another was asked: the name of a product, or the control API. */
  readonly owner?: string
  /** Where the path is one that a product has and that is not emulated: what is there instead. */
  readonly hint?: string
}

/** At the listener of one product, `own`, the paths of others are theirs. */
export const findNearest = (
  method: string,
  url: string,
  products: readonly Product[],
  own?: Product
): UnmatchedHint => {
  const path = decodedPath(url)
  if (isControl(path)) return { owner: 'the control API' }
  const owner = own?.pathPattern.test(path)
    ? undefined
    : products.find(({ pathPattern: territory }) => territory.test(path))
  if (own && owner && owner !== own) return { nearest: nearestRoute(method, url, [owner]), owner: owner.name }
  const left = leftOut(path, own ? [own] : products)
  if (left) return { nearest: nearestRoute(method, url, [left.product]), hint: left.words }
  return { nearest: nearestRoute(method, url, own ? [own] : products) }
}

/** What a product says of a path that its real server has and that is not emulated. */
const leftOut = (path: string, products: readonly Product[]) =>
  products
    .flatMap(product => (product.notEmulated ?? []).map(each => ({ product, ...each })))
    .find(each => each.path.test(path))

/** `POST /session`: the route whose path is least different, of the same method where two are as near. */
export const nearestRoute = (method: string, url: string, products: readonly Product[]): string | undefined =>
  textOf(nearest(method, decodedPath(url), products)?.route)

/** What to say to who asked for a path that is nobody's; empty where nothing is near. */
export const unmatchedMessage = (method: string, path: string, products: readonly Product[]): string => {
  if (isControl(path)) return ' It belongs to the control API, which has its own port (--admin-port).'
  if (/^\/(?:_*admin(?:\/|$)|health|ready|live|metrics)/i.test(path))
    return ` The control API is under ${controlPath}: GET ${controlPath}/health reports its health.`
  const left = leftOut(path, products)
  if (left) return ` It belongs to ${left.product.title}: ${left.words}.`
  const best = nearest(method, path, products)
  if (!best || best.off > path.length / 3) return ''
  const { product, route } = best
  const forgotten = path.toLowerCase().startsWith(product.base.toLowerCase())
    ? ''
    : `, with the base path ${product.base}`
  return ` The nearest is ${textOf(route)} of ${product.title}${forgotten}.`
}

const textOf = (route: Route | undefined): string | undefined => route && `${route.method} ${route.path}`

const nearest = (method: string, path: string, products: readonly Product[]) => {
  const routes = products.flatMap(product => routesOf(product).map(route => ({ product, route })))
  // The beginning is enough to tell routes apart, and takes no time for a path that is absurdly long.
  const start = path.slice(0, 200)
  const far = (route: Route) => apart(start, route.path) + (route.method === method ? 0 : 0.5)
  return routes.map(each => ({ ...each, off: far(each.route) })).sort((a, b) => a.off - b.off)[0]
}

/** How different two paths are; one that only lacks the other's beginning hardly is. */
const apart = (path: string, route: string): number => {
  const off = distance(path, route)
  return path.length > 1 && route.toLowerCase().endsWith(path.toLowerCase()) ? Math.min(off, 1.25) : off
}
