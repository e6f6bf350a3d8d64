/** The largest time that a JavaScript date can hold, in Unix milliseconds. */
const endOfTime = 8.64e15

/** ISO 8601; of a time that no date can hold the nearest that one can, and of what is no number the beginning of Unix time. */
export const formatInstant = (ms: number): string =>
  new Date(Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, -endOfTime), endOfTime)).toISOString()
