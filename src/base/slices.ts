import { atEndOfTurn } from './promises.js'

/** Milliseconds of work before other tasks run. */
const maxSlice = 5

/**
 * Splits the long works of a server into slices, so that it can respond in between. All works share one slice in each turn of the
 * event loop: many at once do not make the turns longer.
 */
export class Slices {
  readonly #elapsed: () => number
  /** The begin of the slice of this turn; undefined before any work in it. */
  #began: number | undefined
  readonly #waiting: (() => void)[] = []
  #isTurnEnding = false

  /** `elapsed` returns monotonic milliseconds. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  get isOver(): boolean {
    if (this.#began === undefined) this.#begin()
    return this.#elapsed() - (this.#began ?? 0) >= maxSlice
  }

  /** Lets other tasks and the works that wait run. Resolves in the next slice of this work. */
  async next(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#waiting.push(resolve)
      this.#endTurn()
    })
  }

  #begin(): void {
    this.#began = this.#elapsed()
    this.#endTurn()
  }

  #endTurn(): void {
    if (this.#isTurnEnding) return
    this.#isTurnEnding = true
    atEndOfTurn(() => {
      this.#isTurnEnding = false
      this.#began = undefined
      const resume = this.#waiting.shift()
      if (!resume) return
      this.#begin()
      resume()
    })
  }
}

/** The items that pass the test. */
export const filterInSlices = async <Item>(
  items: readonly Item[],
  passes: (item: Item) => boolean,
  slices: Slices
): Promise<Item[]> => {
  const passed: Item[] = []
  await eachInSlices(items, slices, item => {
    if (passes(item)) passed.push(item)
  })
  return passed
}

/** The results of `make`, in order. */
export const mapInSlices = async <Item, Made>(
  items: readonly Item[],
  make: (item: Item) => Made,
  slices: Slices
): Promise<Made[]> => {
  const made: Made[] = []
  await eachInSlices(items, slices, item => {
    made.push(make(item))
  })
  return made
}

/** Calls `work` for each item, in order. */
export const eachInSlices = async <Item>(
  items: Iterable<Item>,
  slices: Slices,
  work: (item: Item) => unknown
): Promise<void> => {
  for (const item of items) {
    if (slices.isOver) await slices.next()
    work(item)
  }
}

/** The items in the order of their keys; those that are in order already are given back as they are. */
export const sortInSlices = async <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => number,
  slices: Slices
): Promise<readonly Item[]> => {
  let last = Number.NEGATIVE_INFINITY
  let isSorted = true
  await eachInSlices(items, slices, item => {
    isSorted &&= keyOf(item) >= last
    last = keyOf(item)
  })
  if (isSorted) return items
  let runs: readonly (readonly Item[])[] = await sortedRuns(items, keyOf, slices)
  while (runs.length > 1) runs = await mergePairs(runs, keyOf, slices)
  return runs[0] ?? []
}

/** Items that are sorted at once. */
const shortRun = 4096

const sortedRuns = async <Item>(items: readonly Item[], keyOf: (item: Item) => number, slices: Slices) => {
  const runs: (readonly Item[])[] = []
  for (let from = 0; from < items.length; from += shortRun) {
    if (slices.isOver) await slices.next()
    runs.push(items.slice(from, from + shortRun).sort((a, b) => keyOf(a) - keyOf(b)))
  }
  return runs
}

const mergePairs = async <Item>(
  runs: readonly (readonly Item[])[],
  keyOf: (item: Item) => number,
  slices: Slices
): Promise<(readonly Item[])[]> => {
  const merged: (readonly Item[])[] = []
  for (let index = 0; index < runs.length; index += 2)
    merged.push(await merge(runs[index] ?? [], runs[index + 1] ?? [], keyOf, slices))
  return merged
}

const merge = async <Item>(
  some: readonly Item[],
  others: readonly Item[],
  keyOf: (item: Item) => number,
  slices: Slices
): Promise<readonly Item[]> => {
  const merged: Item[] = []
  let at = 0
  await eachInSlices(some, slices, item => {
    for (let other = others[at]; other !== undefined && keyOf(other) < keyOf(item); other = others[at]) {
      merged.push(other)
      at += 1
    }
    merged.push(item)
  })
  await eachInSlices(others.slice(at), slices, item => merged.push(item))
  return merged
}
