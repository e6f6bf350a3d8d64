/** The engine did not do what it was asked; its message holds no secret. */
export class StoreError extends Error {
  constructor(
    message: string,
    /** It could not be asked, or its reply was lost: whether it has done it is unknown. */
    readonly isUncertain: boolean
  ) {
    super(message)
  }
}
