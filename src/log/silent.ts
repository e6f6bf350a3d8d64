import type { Log } from './log.js'

/** A log without output. */
export const silent: Log = {
  isLevelEnabled: () => false,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined
}
