import timers from 'node:timers'
import { isFake } from '../base/fake-timers.js'

// Read when the module is loaded: fake timers of test runners, installed later, only run on demand.
const { setImmediate } = timers

/** Calls `task` at the end of this turn of the event loop, even with fake timers. */
export const atEndOfTurn: (task: () => void) => void = isFake(setImmediate)
  ? task => void Promise.resolve().then(task)
  : setImmediate
