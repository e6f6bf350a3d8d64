/** A value that is there, or will be. */
export type MaybePromise<T> = T | Promise<T>

/** Goes on at once with a value that is there: nearly every step of a request waits for nothing. */
export const chain = <A, B>(value: MaybePromise<A>, next: (value: A) => MaybePromise<B>): MaybePromise<B> =>
  value instanceof Promise ? value.then(next) : next(value)

/** What comes of it, or of what it throws, now or later. */
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
