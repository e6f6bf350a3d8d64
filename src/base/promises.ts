import { setImmediate } from './node-globals.js'

/** A value, or a promise of one. */
export type MaybePromise<T> = T | Promise<T>

/** Applies `next` synchronously to a value that is no promise, as in nearly every step of a request. */
export const chain = <A, B>(value: MaybePromise<A>, next: (value: A) => MaybePromise<B>): MaybePromise<B> =>
  value instanceof Promise ? value.then(next) : next(value)

/** The result of `work`, or of `otherwise` with what it threw, synchronously if possible. */
export const recover = <T>(
  work: () => MaybePromise<T>,
  otherwise: (thrown: unknown) => MaybePromise<T>
): MaybePromise<T> => {
  try {
    const value = work()
    return value instanceof Promise ? value.catch(otherwise) : value
  } catch (thrown) {
    return otherwise(thrown)
  }
}

/** Calls `task` at the end of this turn of the event loop, even with fake timers. */
export const atEndOfTurn: (task: () => void) => void = setImmediate

/** The same listener without its exceptions, for reports of errors: nobody is left to report another one to. */
export const ignoreErrors =
  <Args extends unknown[]>(listener: (...args: Args) => void): ((...args: Args) => void) =>
  (...args) => {
    try {
      listener(...args)
    } catch {}
  }
