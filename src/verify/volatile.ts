import type { Leaf } from './tree.js'

/** Values that differ between responses: ids and times. */
const volatile: readonly RegExp[] = [
  /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^1\d{12}$/
]

/** Whether both are ids, or both are times, of the same form. */
export const isSameVolatile = (one: Leaf, other: Leaf): boolean =>
  volatile.some(expression => expression.test(String(one)) && expression.test(String(other)))
