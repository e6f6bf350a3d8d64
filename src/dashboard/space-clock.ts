/** Unix milliseconds of the browser. */
export const now = (): number => Date.now()

/** Monotonic milliseconds. */
export const elapsed = (): number => performance.now()

/** Runs a task once, after some milliseconds. Returns the function that cancels it. */
export const after = (ms: number, task: () => void): (() => void) => {
  const timer = setTimeout(task, ms)
  return () => clearTimeout(timer)
}

export const sleep = (ms: number): Promise<void> => new Promise(resolve => void after(ms, resolve))

/** Runs a task again and again, with some milliseconds in between. */
export const every = (ms: number, task: () => void): void => void setInterval(task, ms)
