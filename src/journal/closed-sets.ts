import { METHODS } from 'node:http'
import { isExpression } from '../base/expression.js'
import { keysOf } from '../base/own-keys.js'
import { choice, nearest } from '../base/user-error.js'
import { faultNames } from '../http/fault-names.js'
import { failureNames } from '../product/failure.js'
import type { Product } from '../product/product.js'
import { describedReasons } from './reasons.js'
import type { Filter } from './search.js'

/** A search key with a closed set of values. */
export type ClosedKey = 'product' | 'operation' | 'failure' | 'reason' | 'fault' | 'method'

/** The possible values of each key with these products. */
export const closedSets = (products: readonly Product[]): Readonly<Record<ClosedKey, readonly string[]>> => ({
  product: products.map(({ name }) => name),
  operation: unique(products.flatMap(({ operations }) => operations.map(({ name }) => name))),
  failure: failureNames,
  reason: reasonNames(products),
  fault: faultNames,
  method: METHODS
})

export const reasonNames = (products: readonly Product[]): string[] =>
  unique([...describedReasons, ...products.flatMap(({ reasons = [] }) => reasons)])

/** Values of a search that no request can have, each with the nearest possible value. Regular expressions are skipped. */
export const unknownValues = (
  filter: Filter,
  products: readonly Product[]
): { readonly key: ClosedKey; readonly message: string }[] => unknownIn(filter, closedSets(products))

const unknownIn = (filter: Filter, sets: Readonly<Record<ClosedKey, readonly string[]>>) =>
  keysOf(sets).flatMap(key => {
    const wanted = filter[key]
    const values = sets[key]
    if (typeof wanted !== 'string' || isExpression(wanted) || values.includes(wanted)) return []
    const suggestion = nearest(wanted, values)
    const found = `found ${JSON.stringify(wanted)}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`
    return [{ key, message: `expected ${values.length > 12 ? `the name of a ${key}` : choice(values)}, ${found}` }]
  })

const unique = (words: readonly string[]): string[] => [...new Set(words)]
