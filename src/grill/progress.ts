import { formatDuration } from '../base/duration.js'
import type { Output } from '../run/log.js'
import type { CaseResult } from './grill.js'

interface Progress {
  readonly onResult: (result: CaseResult) => void
  /** Clears the line. */
  close(): void
}

/** A progress line on a terminal; nothing elsewhere. `elapsed` in milliseconds. */
export const createProgress = (total: number, output: Output, elapsed: () => number): Progress => {
  if (!output.isTTY) return { onResult: () => undefined, close: () => undefined }
  const began = elapsed()
  let done = 0
  let misbehaved = 0
  return {
    onResult: ({ outcome }) => {
      done += 1
      if (outcome === 'misbehaved') misbehaved += 1
      const left = ((elapsed() - began) / done) * (total - done)
      output.write(`\r\u001b[K${done} of ${total}, ${formatDuration(left)} left, ${misbehaved} misbehaved`)
    },
    close: () => void output.write('\r\u001b[K')
  }
}
