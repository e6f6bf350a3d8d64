/** Whether this is a run of the scale suite, which plays a suite of the gate with everything, not with one of a kind. */
export const isScale = process.env.SCALE_SUITE === '1'

/** All of a list in the scale suite, and in the gate those that are named. */
export const chosen = <Item>(all: readonly Item[], inGate: (item: Item) => boolean): readonly Item[] =>
  isScale ? all : all.filter(inGate)
