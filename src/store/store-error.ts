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

/** One space cannot be read from the engine; the others can. */
export class UnreadableSpace extends StoreError {
  constructor(space: string, reason: string) {
    super(
      `the space "${space}" cannot be read: ${reason}; POST /__admin/reset?space=${space} starts it from the beginning`,
      false
    )
  }
}
