/** Caches up to `limit` results by key; then the cache is cleared. */
export const memoize = <Input, Key, Value>(
  limit: number,
  keyOf: (input: Input) => Key,
  create: (input: Input) => Value
): ((input: Input) => Value) => {
  const known = new Map<Key, Value>()
  return input => {
    const key = keyOf(input)
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size >= limit) known.clear()
    const created = create(input)
    known.set(key, created)
    return created
  }
}
