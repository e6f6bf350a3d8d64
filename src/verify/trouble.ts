/** A request without a response: refused connection, timeout, broken connection, TLS error. The message has the reason. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** The run cannot continue: the message has the reason and a remedy. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped'
}
