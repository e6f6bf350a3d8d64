/** The samples of each by its name, one for each round. */
export type Rows<Sample> = ReadonlyMap<string, readonly Sample[]>

/** Records something that could not be measured. */
export type Skip = (name: string, reason: unknown) => void

interface Named {
  readonly name: string
}

/**
 * Measures each once in a round, so that other work of the machine affects all; each round begins with another one. One
 * that fails is skipped from then on, and loses its samples.
 */
export const inTurns = async <Item extends Named, Sample>(
  items: readonly Item[],
  rounds: number,
  measure: (item: Item) => Promise<Sample>,
  skip: Skip
): Promise<Rows<Sample>> => {
  const rows = new Map<string, Sample[]>(items.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const turn of items.keys()) {
      const item = items[(round + turn) % items.length]
      const row = item && rows.get(item.name)
      if (!row) continue
      try {
        row.push(await measure(item))
      } catch (error) {
        rows.delete(item.name)
        skip(item.name, error)
      }
    }
  return rows
}

/** For parts that fail as a whole. */
export const rethrow = (_name: string, reason: unknown): never => {
  throw reason
}

/** The median of the ratios of all rounds: what is measured in one round has the same conditions. Undefined without samples. */
export const ratio = <Sample>(
  rows: Rows<Sample> | undefined,
  reference: string,
  pick: (sample: Sample) => number = Number,
  name = 'session-mock'
): number | undefined => {
  const [samples, others] = [rows?.get(name), rows?.get(reference)]
  if (!samples?.length || !others?.length) return undefined
  return median(
    samples.flatMap((sample, round) => {
      const other = others[round]
      return other === undefined ? [] : [pick(sample) / pick(other)]
    })
  )
}

/** NaN without numbers. */
export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

/** Such as 12,345 and 123 and 12.3 and 1.23 and 0.012; a dash for nothing. */
export const readable = (number = Number.NaN): string => {
  const size = Math.abs(number)
  if (Number.isNaN(number)) return '–'
  if (size >= 100) return Math.round(number).toLocaleString('en-US')
  if (size >= 10) return number.toFixed(1)
  return number.toFixed(size >= 0.1 || size === 0 ? 2 : 3)
}

/** The median, with minimum and maximum. */
export const spread = (numbers: readonly number[]): string =>
  numbers.length === 0
    ? '–'
    : `${readable(median(numbers))} (${readable(Math.min(...numbers))}–${readable(Math.max(...numbers))})`

export const mebibytes = (bytes: number): number => bytes / 2 ** 20

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/** A line with a verdict, and the target that was missed or met. */
export const verdict = (isOk: boolean, text: string): string => `${isOk ? 'ok' : 'not ok'} - ${text}`
