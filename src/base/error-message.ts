/** The message of whatever was thrown; an error may be one of another realm, which is no instance of this one's `Error`. */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
