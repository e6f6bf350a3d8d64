import type { Entry } from '../journal/entry.js'

export type PlaceKind = 'login' | 'use' | 'logout'

/** A call of the baseline: the n-th of its operation, from 1. */
export interface Place {
  readonly product: string
  readonly operation: string
  readonly nth: number
  readonly kind: PlaceKind
  /** Whether the call carried a token. */
  readonly hasToken: boolean
  /** Media type of the response, such as `application/json`. */
  readonly contentType: string
}

/** `cbrain.session#2`. */
export const placeId = ({ product, operation, nth }: Place): string => `${product}.${operation}#${nth}`

export const operationOf = ({ product, operation }: Pick<Entry, 'product' | 'operation'>): string =>
  `${product}.${operation}`

/** The places of a run, in the order of its calls, without unmatched requests. */
export const placesOf = (entries: readonly Entry[]): Place[] => {
  const counts = new Map<string, number>()
  return entries.flatMap(entry => {
    const { product, operation, token, answer } = entry
    if (product === undefined || operation === undefined) return []
    const nth = (counts.get(operationOf(entry)) ?? 0) + 1
    counts.set(operationOf(entry), nth)
    const kind = operation === 'login' || operation === 'logout' ? operation : 'use'
    const contentType = String(Object.entries(answer.headers).find(([name]) => /^content-type$/i.test(name))?.[1] ?? '')
    return [{ product, operation, nth, kind, hasToken: token !== undefined, contentType }]
  })
}

/** The places of both runs, and whether either run has others. */
export const sharedPlaces = (
  one: readonly Place[],
  other: readonly Place[]
): { readonly places: readonly Place[]; readonly differ: boolean } => {
  const ids = new Set(other.map(placeId))
  const places = one.filter(place => ids.has(placeId(place)))
  return { places, differ: places.length !== one.length || places.length !== other.length }
}
