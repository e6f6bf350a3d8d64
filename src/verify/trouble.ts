/** A request had no answer: refused, timed out, broken off, no TLS. The message says what happened. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** The run cannot go on: the message says why, and what may help. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped'
}
