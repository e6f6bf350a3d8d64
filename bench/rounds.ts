/** What was measured of each by its name, a sample for each round. */
export type Rows<Sample> = ReadonlyMap<string, readonly Sample[]>

/** Hears of one that could not be measured, and why. */
export type LeaveOut = (name: string, why: unknown) => void

interface Named {
  readonly name: string
}

/**
 * Measures each once in a round, so that all live through the same weather; each round begins with another. One that fails is
 * left out from there on, with all that was measured of it.
 */
export const inTurns = async <Item extends Named, Sample>(
  items: readonly Item[],
  rounds: number,
  measure: (item: Item) => Promise<Sample>,
  leaveOut: LeaveOut
): Promise<Rows<Sample>> => {
  const rows = new Map<string, Sample[]>(items.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const item of rotated(items, round)) await sample(item, rows, measure, leaveOut)
  return rows
}

const sample = async <Item extends Named, Sample>(
  item: Item,
  rows: Map<string, Sample[]>,
  measure: (item: Item) => Promise<Sample>,
  leaveOut: LeaveOut
) => {
  const row = rows.get(item.name)
  if (!row) return
  try {
    row.push(await measure(item))
  } catch (error) {
    rows.delete(item.name)
    leaveOut(item.name, error)
  }
}

const rotated = <Item>(items: readonly Item[], by: number): readonly Item[] => {
  const first = by % Math.max(items.length, 1)
  return [...items.slice(first), ...items.slice(0, first)]
}
