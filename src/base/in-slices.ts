import { atEndOfTurn } from './end-of-turn.js'

/** Milliseconds of work after which others go first. */
const longest = 5

/** Long work cut into slices, so that a server answers others meanwhile. */
export class Slices {
  readonly #elapsed: () => number
  #began: number

  /** `elapsed` gives milliseconds that only grow. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
    this.#began = elapsed()
  }

  /** This slice is long enough. */
  get isOver(): boolean {
    return this.#elapsed() - this.#began >= longest
  }

  /** Lets others go first. */
  async next(): Promise<void> {
    await new Promise<void>(atEndOfTurn)
    this.#began = this.#elapsed()
  }
}

/** The items that pass. */
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

/** What is made of each item. */
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

/** Does the work for each item, in order. */
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
