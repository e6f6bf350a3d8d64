import type { ServerResponse } from 'node:http'

/** Whoever waits for an answer, and may go before it comes. */
export interface Recipient {
  readonly response: ServerResponse
  readonly hasLeft: boolean
  /** What is aborted when it goes; made only where somebody waits for it. */
  gone(): AbortSignal
}

/** The client at the other end of a response. */
export class Client implements Recipient {
  #controller: AbortController | undefined

  constructor(readonly response: ServerResponse) {}

  get hasLeft(): boolean {
    return this.response.destroyed
  }

  gone(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    const made = new AbortController()
    if (this.hasLeft) made.abort()
    else this.response.once('close', () => made.abort())
    this.#controller = made
    return made.signal
  }
}
