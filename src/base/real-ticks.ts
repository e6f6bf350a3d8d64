import timers from 'node:timers'
import { isFake } from './fake-timers.js'

// Taken when the module is loaded, before most tests put fakes in their place.
const { setImmediate: realImmediate } = timers

type Task = (...args: never[]) => void

const byPromise = (task: Task, ...args: never[]): void => void Promise.resolve().then(() => task(...args))

/** How many pieces of work need real ticks at this moment, and what puts the fakes back when there is none any more. */
const users = { count: 0, restore: () => {} }

/**
 * Does the work with `process.nextTick`, `queueMicrotask` and `setImmediate` that run, also where a test runner has put fakes in
 * their place that never run by themselves: Fastify starts by them. Real ones are left alone.
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

/** Puts ticks that run in the place of fakes; the answer puts the fakes back. */
const replaceFakes = (): (() => void) => {
  const { nextTick } = process
  const { queueMicrotask, setImmediate } = globalThis
  const isRunning = !isFake(realImmediate)
  if (isFake(nextTick)) process.nextTick = byPromise as typeof nextTick
  if (isFake(queueMicrotask)) globalThis.queueMicrotask = byPromise
  if (isFake(setImmediate)) globalThis.setImmediate = (isRunning ? realImmediate : byPromise) as typeof setImmediate
  return () => {
    if (isFake(nextTick)) process.nextTick = nextTick
    if (isFake(queueMicrotask)) globalThis.queueMicrotask = queueMicrotask
    if (isFake(setImmediate)) globalThis.setImmediate = setImmediate
  }
}
