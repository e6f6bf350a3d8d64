import { withRealTicks } from './real-ticks.js'

/** Creates the value of each key on first use. Until it is ready, the result is a promise; from then on, the value itself. */
export const lazyValues = <Key, Value extends object>(
  create: (key: Key) => Promise<Value>
): ((key: Key) => Value | Promise<Value>) => {
  const values = new Map<Key, Value | Promise<Value>>()
  return key => {
    const known = values.get(key)
    if (known) return known
    const pending = withRealTicks(() => create(key)).then(value => {
      values.set(key, value)
      return value
    })
    values.set(key, pending)
    return pending
  }
}
