/** The same listener without its exceptions, for reports of errors: nobody is left to report another one to. */
export const ignoreErrors =
  <Args extends unknown[]>(listener: (...args: Args) => void): ((...args: Args) => void) =>
  (...args) => {
    try {
      listener(...args)
    } catch {}
  }
