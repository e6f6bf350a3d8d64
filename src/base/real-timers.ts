import timers from 'node:timers'

// Read when the module is loaded, before most tests install fakes.
const { setImmediate: realImmediate } = timers

type Task = (...args: never[]) => void

const byPromise = (task: Task, ...args: never[]): void => void Promise.resolve().then(() => task(...args))

/** The number of running works, and the function that restores the fakes after the last one. */
const users = { count: 0, restore: () => {} }

/**
 * Runs `work` with real `process.nextTick`, `queueMicrotask` and `setImmediate`, which Fastify needs to start, even if a test
 * runner has replaced them by fakes that only run on demand.
 */
export const withRealTicks = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  if (users.count === 0) users.restore = replaceFakes()
  users.count += 1
  try {
    return await work()
  } finally {
    users.count -= 1
    if (users.count === 0) users.restore()
  }
}

/** Replaces fakes by working functions. Returns the function that restores them. */
const replaceFakes = (): (() => void) => {
  const { nextTick } = process
  const { queueMicrotask, setImmediate } = globalThis
  const isRunning = !isFake(realImmediate)
  if (isFake(nextTick)) Object.assign(process, { nextTick: byPromise })
  if (isFake(queueMicrotask)) globalThis.queueMicrotask = byPromise
  if (isFake(setImmediate)) Object.assign(globalThis, { setImmediate: isRunning ? realImmediate : byPromise })
  return () => {
    if (isFake(nextTick)) process.nextTick = nextTick
    if (isFake(queueMicrotask)) restoreGlobal('queueMicrotask', queueMicrotask)
    if (isFake(setImmediate)) restoreGlobal('setImmediate', setImmediate)
  }
}

const restoreGlobal = (name: string, value: unknown): void => {
  if (value === undefined) Reflect.deleteProperty(globalThis, name)
  else Object.assign(globalThis, { [name]: value })
}

/**
 * Whether a test runner has replaced this function, or removed it, as Jest does for jsdom. Fakes of Sinon, which Jest and Vitest use too,
 * have a clock; those of node:test are bound functions.
 */
export const isFake = (timer: { readonly name: string } | undefined): boolean =>
  timer === undefined || 'clock' in timer || timer.name.startsWith('bound ')
