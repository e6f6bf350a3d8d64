import timers from 'node:timers'

// Taken when the module is loaded: test runners put fakes in its place that never run by themselves.
const { setImmediate } = timers

/** Sinon's fakes, which Jest and Vitest use, carry their clock; those of node:test are bound functions. */
const isFake = 'clock' in setImmediate || setImmediate.name !== 'setImmediate'

/** Calls `task` at the end of this turn of the event loop, also under the fake timers of test runners. */
export const atEndOfTurn: (task: () => void) => void = isFake
  ? task => void Promise.resolve().then(task)
  : task => void setImmediate(task)
