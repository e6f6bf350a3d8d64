import { AbortController } from '../base/node-globals.js'

/** The execution of a request of a space, from its input to its end; it may wait in between. */
export class Task {
  /** Aborted when its client has disconnected. */
  readonly leaving = new AbortController()
  /** Number of its waits so far. */
  waits = 0
  /** Ends its current wait, if it waits. */
  end: (() => void) | undefined
  isOver = false
  /** Called at the end of a task that has waited. */
  onOver: (() => void) | undefined

  constructor(
    /** The replica with the client. */
    readonly replica: string,
    /** The place of its input in the log. */
    readonly place: number
  ) {}

  /** Aborts the task and ends its wait, as its client has disconnected. */
  abort(): void {
    this.leaving.abort()
    this.end?.()
  }
}
