import timers from 'node:timers'
import { isFake } from '../base/fake-timers.js'

// Taken when the module is loaded: test runners put fakes in its place that never run by themselves.
const { setImmediate } = timers

/** Calls `task` at the end of this turn of the event loop, also under the fake timers of test runners. */
export const atEndOfTurn: (task: () => void) => void = isFake(setImmediate)
  ? task => void Promise.resolve().then(task)
  : task => void setImmediate(task)
