/** A failure of the engine. Its message has no secret. */
export class StoreError extends Error {
  constructor(
    message: string,
    /** No connection, or a lost reply: the command may have been executed. */
    readonly isUncertain: boolean
  ) {
    super(message)
  }
}
