import type { Target } from './targets.js'

export const isMet = ({ bound, limit }: Target, measured: number): boolean =>
  bound === 'at least' ? measured >= limit : measured <= limit

/** Whether it is so much worse that noise does not explain it. */
export const isLost = ({ bound, lost }: Target, measured: number): boolean =>
  bound === 'at least' ? measured < lost : measured > lost
