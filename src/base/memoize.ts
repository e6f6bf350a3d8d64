/** The same function, which keeps its last results by what makes them differ: up to `most`, then it begins anew. */
export const memoize = <Given, Key, Value>(
  most: number,
  keyOf: (given: Given) => Key,
  make: (given: Given) => Value
): ((given: Given) => Value) => {
  const known = new Map<Key, Value>()
  return given => {
    const key = keyOf(given)
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size >= most) known.clear()
    const made = make(given)
    known.set(key, made)
    return made
  }
}
