/** Writes a line, with optional fields. */
interface WriteLine {
  (words: string): void
  (facts: object, words: string): void
}

export interface Log {
  readonly info: WriteLine
  readonly warn: WriteLine
  readonly error: WriteLine
  isLevelEnabled(level: string): boolean
}

/** The destination of text: a stream of the process, or of a test. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}
