import { escapeControls } from '../base/escape-controls.js'

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
  readonly columns?: number | undefined
  /** The same without escapes of control characters, for control sequences of our own. */
  readonly raw?: Output
}

/** An output that escapes control characters, since texts of others may have some. */
export const escaping = (raw: Output): Output => ({
  raw,
  write: text => raw.write(escapeControls(text)),
  get isTTY() {
    return raw.isTTY ?? false
  },
  get columns() {
    return raw.columns
  }
})

/** A log without output. */
export const silent: Log = {
  isLevelEnabled: () => false,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined
}
