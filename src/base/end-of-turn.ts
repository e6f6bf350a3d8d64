import { setImmediate } from './node-globals.js'

/** Calls `task` at the end of this turn of the event loop, even with fake timers. */
export const atEndOfTurn: (task: () => void) => void = setImmediate
