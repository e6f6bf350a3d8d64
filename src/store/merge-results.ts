import type { EndpointResult, MergeableResult, MergeableValue } from '../control/endpoint.js'
import { JsonList } from '../control/json-list.js'

/**
 * The result of a control request to several spaces, from its results in each: lists are joined, numbers added, other values are those
 * of the first space.
 */
export const mergeResults = (results: readonly MergeableResult[]): MergeableResult => {
  const [first = {}] = results
  return Object.fromEntries(
    Object.entries(first).map(([key, value]) => [
      key,
      merge(
        value,
        results.map(result => result[key])
      )
    ])
  )
}

const merge = (
  first: MergeableValue | undefined,
  values: readonly (MergeableValue | undefined)[]
): MergeableValue | undefined => {
  if (isList(first)) return JsonList.join(values.filter(isList))
  if (typeof first === 'number') return values.reduce((sum: number, value) => sum + Number(value ?? 0), 0)
  return first
}

/** A result that came back from the log of a space, whose endpoint is known by its name only. Throws for one that cannot be merged. */
export const asMergeable = (result: EndpointResult): MergeableResult => {
  if (isMergeable(result)) return result
  throw new Error('the result of a change in each space cannot be merged')
}

const isMergeable = (result: object): result is MergeableResult =>
  Object.values(result).every(
    value => isList(value) || value === undefined || ['string', 'number', 'boolean'].includes(typeof value)
  )

const isList = (value: unknown): value is readonly unknown[] | JsonList =>
  Array.isArray(value) || value instanceof JsonList
