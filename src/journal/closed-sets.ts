import { METHODS } from 'node:http'
import { isExpression } from '../base/expression.js'
import { choice, nearest } from '../base/user-error.js'
import { faultNames } from '../http/delivery.js'
import { failureNames } from '../product/failure.js'
import type { Product } from '../product/product.js'
import { describedReasons } from './reasons.js'
import type { Filter } from './search.js'

/** A key of a search whose values are known, and what else cannot be in a journal. */
export type ClosedKey = 'product' | 'operation' | 'failure' | 'reason' | 'fault' | 'method'

/** Every value that a key can have with these products. */
export const closedSets = (products: readonly Product[]): Readonly<Record<ClosedKey, readonly string[]>> => ({
  product: products.map(({ name }) => name),
  operation: unique(products.flatMap(({ operations }) => operations.map(({ name }) => name))),
  failure: failureNames,
  reason: reasonNames(products),
  fault: faultNames,
  method: METHODS
})

/** All reasons of refusals. */
export const reasonNames = (products: readonly Product[]): string[] =>
  unique([...describedReasons, ...products.flatMap(({ reasons = [] }) => reasons)])

/** Values of a search that no request can have, each with the nearest that one can; a regular expression is not looked at. */
export const unknownValues = (
  filter: Filter,
  products: readonly Product[]
): { readonly key: ClosedKey; readonly message: string }[] =>
  keysOf(closedSets(products)).flatMap(([key, values]) => {
    const wanted = filter[key]
    if (typeof wanted !== 'string' || isExpression(wanted) || values.includes(wanted)) return []
    const meant = nearest(wanted, values)
    const found = `found ${JSON.stringify(wanted)}${meant === undefined ? '' : `; did you mean ${meant}?`}`
    return [{ key, message: `expected ${values.length > 12 ? `the name of a ${key}` : choice(values)}, ${found}` }]
  })

const keysOf = (sets: Readonly<Record<ClosedKey, readonly string[]>>): [ClosedKey, readonly string[]][] =>
  Object.entries(sets) as [ClosedKey, readonly string[]][]

const unique = (words: readonly string[]): string[] => [...new Set(words)]
