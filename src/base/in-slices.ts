import { atEndOfTurn } from './end-of-turn.js'

/** Milliseconds of work before other tasks run. */
const maxSlice = 5

/** Splits long work into slices, so that a server can respond in between. */
export class Slices {
  readonly #elapsed: () => number
  #began: number

  /** `elapsed` returns monotonic milliseconds. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
    this.#began = elapsed()
  }

  get isOver(): boolean {
    return this.#elapsed() - this.#began >= maxSlice
  }

  /** Lets other tasks run, and begins the next slice. */
  async next(): Promise<void> {
    await new Promise<void>(atEndOfTurn)
    this.#began = this.#elapsed()
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
  work: (item: Item) => void
): Promise<void> => {
  for (const item of items) {
    if (slices.isOver) await slices.next()
    work(item)
  }
}
