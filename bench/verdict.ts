import type { Target } from './targets.js'

export const isMet = ({ bound, limit }: Target, measured: number): boolean =>
  bound === 'at least' ? measured >= limit : measured <= limit

/** Whether it is worse than half of the target. */
export const isLost = ({ bound, limit }: Target, measured: number): boolean =>
  bound === 'at least' ? measured < limit / 2 : measured > limit * 2
