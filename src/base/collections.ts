import { hash } from 'node:crypto'
import { withRealTicks } from './real-timers.js'

/** Maximum length of a stored key; longer ones are stored as a digest. */
const maxKeyLength = 256

/** A map with at most `limit` entries, which drops the least recently set one. */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, Value>()
  /** An iterator at the oldest entry. It is kept, as a new iterator would skip all deleted entries first. */
  #oldest: Iterator<string, undefined> | undefined
  /** Number of entries that were set again since the last step of the iterator. */
  #moved = 0
  readonly #limit: number
  readonly #onDrop: () => void

  /** `onDrop` is called for each dropped entry. */
  constructor(limit = Number.POSITIVE_INFINITY, onDrop: () => void = () => undefined) {
    this.#limit = limit
    this.#onDrop = onDrop
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    return this.#entries.get(shorten(key))
  }

  /** Sets a value, and marks it as the most recent one. */
  set(key: string, value: Value): void {
    const short = shorten(key)
    if (this.#entries.delete(short)) this.#discardIterator()
    this.#entries.set(short, value)
    while (this.#entries.size > this.#limit) this.#dropOldest()
  }

  /** All entries, the least recent first. */
  entries(): [key: string, value: Value][] {
    return [...this.#entries]
  }

  /** Adds entries in order of use. Returns this map. */
  with(entries: readonly (readonly [key: string, value: Value])[]): this {
    for (const [key, value] of entries) this.set(key, value)
    return this
  }

  clear(): void {
    this.#entries.clear()
  }

  #dropOldest(): void {
    this.#moved = 0
    this.#oldest ??= this.#entries.keys()
    const { value: key } = this.#oldest.next()
    if (key === undefined) this.#oldest = undefined
    else if (this.#entries.delete(key)) this.#onDrop()
  }

  /** In V8 an iterator retains all hash tables that its map has had since its last step: without steps this is a leak. */
  #discardIterator(): void {
    this.#moved += 1
    if (this.#moved <= this.#entries.size) return
    this.#moved = 0
    this.#oldest = undefined
  }
}

const shorten = (key: string): string => (key.length > maxKeyLength ? hash('sha256', key) : key)

interface Entries<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): unknown
}

/** The value of a key; created and stored if the map has none. */
export const getOrCreate = <Key, Value>(map: Entries<Key, Value>, key: Key, create: () => Value): Value => {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = create()
  map.set(key, created)
  return created
}

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

type Defined<Members> = { [Key in keyof Members]?: Exclude<Members[Key], undefined> }

/** The object without its undefined members. */
export const defined = <Members extends object>(members: Members): Defined<Members> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<Members>
