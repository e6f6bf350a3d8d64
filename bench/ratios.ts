import type { Growth } from './measure/growth.js'
import { median } from './numbers.js'
import type { Rows } from './rounds.js'

/** The bytes that each session takes of the heap and beside it. */
export const bytesEach = ({ from, to }: Growth): number => {
  const used = ({ memory }: Growth['from']) => memory.heapUsed + memory.external
  return (used(to) - used(from)) / (to.count - from.count)
}

/**
 * How session-mock, or another, compares with a reference: the median of the ratios of all rounds, since the two that lived
 * through the same round are alike in everything else.
 */
export const beside = <Sample>(
  rows: Rows<Sample> | undefined,
  reference: string,
  pick: (sample: Sample) => number = Number,
  name = 'session-mock'
): number | undefined => {
  const [ours, theirs] = [rows?.get(name), rows?.get(reference)]
  if (!ours?.length || !theirs?.length) return undefined
  return median(ours.flatMap((sample, round) => ratio(sample, theirs[round], pick)))
}

const ratio = <Sample>(ours: Sample, theirs: Sample | undefined, pick: (sample: Sample) => number) =>
  theirs === undefined ? [] : [pick(ours) / pick(theirs)]
