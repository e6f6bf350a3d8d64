/** The largest time of a JavaScript Date, in Unix milliseconds. */
const maxTime = 8.64e15

/** ISO 8601, clamped to the range of Date; the Unix epoch for NaN. */
export const formatInstant = (ms: number): string =>
  new Date(Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, -maxTime), maxTime)).toISOString()
