import type { ServerResponse } from 'node:http'
import { AbortController } from '../base/node-globals.js'

/** The recipient of a response, who may disconnect before it. */
export interface Recipient {
  readonly response: ServerResponse
  readonly isGone: boolean
  /** A signal that is aborted by a disconnect. Created on demand, as few calls wait. */
  goneSignal(): AbortSignal
  /** No byte is sent before its response. */
  keepSilent(): void
}

/** The client at the other end of a response. */
export class Client implements Recipient {
  #controller: AbortController | undefined

  constructor(readonly response: ServerResponse) {}

  get isGone(): boolean {
    return this.response.destroyed
  }

  keepSilent(): void {
    this.response.isSilent = true
  }

  goneSignal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    const controller = new AbortController()
    if (this.isGone) controller.abort()
    else this.response.once('close', () => controller.abort())
    this.#controller = controller
    return controller.signal
  }
}
