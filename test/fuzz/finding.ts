/** What the fuzzer looks for. */
export type FindingKind =
  | 'the process ended'
  | 'invalid HTTP'
  | 'no response'
  | 'an unrequested server error'
  | "the framework's response"
  | 'a logged bug'
  | 'output on the standard error'
  | 'a stall'
  | 'an ended token was accepted'
  | 'an open token was refused'
  | 'a token in the log'
  | 'a silent events stream'
  | 'memory'

/** A fault of the server, thrown where it is seen. */
export class Finding extends Error {
  override readonly name = 'Finding'

  constructor(
    readonly kind: FindingKind,
    /** What was seen. */
    readonly detail: string,
    /** What tells it from another fault of the same kind: a message, a place in the code. */
    private readonly sign = detail
  ) {
    super(`${kind}: ${detail}`)
  }

  /** The same for every occurrence of the same fault, as far as can be told. */
  get signature(): string {
    return `${this.kind} ${this.sign.replace(/[0-9a-f]{4,}|\d+/g, '#').slice(0, 120)}`
  }
}
