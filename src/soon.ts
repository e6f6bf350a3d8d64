/** A value that is there, or will be. */
export type Soon<T> = T | Promise<T>

/** Goes on at once with a value that is there: nearly every step of a request waits for nothing. */
export const andThen = <A, B>(value: Soon<A>, next: (value: A) => Soon<B>): Soon<B> =>
  value instanceof Promise ? value.then(next) : next(value)

/** What comes of it, or of what it throws, now or later. */
export const caught = <T>(work: () => Soon<T>, otherwise: (thrown: unknown) => Soon<T>): Soon<T> => {
  try {
    const value = work()
    return value instanceof Promise ? value.catch(otherwise) : value
  } catch (thrown) {
    return otherwise(thrown)
  }
}
