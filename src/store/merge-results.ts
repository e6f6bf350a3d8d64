import { isRecord } from '../kit/fields.js'

/**
 * The result of a control request to several spaces, from its results in each: lists are joined, numbers added, other values are those
 * of the first space.
 */
export const mergeResults = (results: readonly unknown[]): unknown => {
  const [first, ...others] = results
  if (!isRecord(first)) return first
  return Object.fromEntries(
    Object.entries(first).map(([key, value]) => [
      key,
      merge([value, ...others.map(other => (isRecord(other) ? other[key] : undefined))])
    ])
  )
}

const merge = (values: readonly unknown[]): unknown => {
  const [first] = values
  if (Array.isArray(first)) return values.flatMap(value => (Array.isArray(value) ? value : []))
  if (typeof first === 'number') return values.reduce((sum: number, value) => sum + Number(value ?? 0), 0)
  return first
}
