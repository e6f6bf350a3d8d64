import { type IncomingMessage, ServerResponse } from 'node:http'
import { chain, type MaybePromise } from '../base/maybe-promise.js'
import type { Arrival } from '../exchange/admission.js'
import { ProductCall } from '../exchange/call.js'
import { credentialsOf } from '../exchange/credentials.js'
import { answerCall } from '../exchange/exchange.js'
import type { Recipient } from '../exchange/recipient.js'
import type { Recorder } from '../exchange/recorder.js'
import type { Deliver } from '../http/delivery.js'
import type { Product } from '../product/product.js'
import type { Space } from '../space/space.js'
import type { Unit } from './execution.js'
import type { CallInput, UnmatchedInput } from './input.js'
import { refusalOf, requestOf } from './request-data.js'
import type { Submission } from './submission.js'

export interface CallPlayerOptions {
  readonly products: readonly Product[]
  readonly recorder: Recorder
  readonly deliver: Deliver
  /** Resolves when others can find the tokens that were issued here. */
  readonly tokensKept: () => MaybePromise<void>
}

/** Makes calls of inputs: for all the same rows and effects, and an answer on the wire for a client of this process. */
export class CallPlayer {
  readonly #options: CallPlayerOptions

  constructor(options: CallPlayerOptions) {
    this.#options = options
  }

  /** The request as it came here, or made again from its input. */
  prepare(input: CallInput, submission: Submission | undefined): MaybePromise<Arrival> {
    if (submission?.arrival) return submission.arrival
    const product = this.#options.products.find(({ name }) => name === input.product)
    if (!product) throw new Error(`an input is for ${input.product}, which is not served here`)
    const operation = product.operations.find(({ name }) => name === input.operation)
    return chain(requestOf(input.request, operation?.bodies ?? product.bodies), request => {
      const { bug, ...credentials } = credentialsOf(request, product, operation)
      const refusal = input.refusal ? refusalOf(input.refusal) : bug
      return { product, operation, request, spaceName: undefined, credentials, refusal }
    })
  }

  play(
    space: Space,
    unit: Unit,
    input: CallInput,
    arrival: Arrival,
    submission: Submission | undefined
  ): MaybePromise<void> {
    const { recorder, deliver, tokensKept } = this.#options
    const { product, operation, request, credentials, refusal } = arrival
    const call = new ProductCall(product, operation, request, space, credentials, input.lag)
    call.elsewhere = input.elsewhere
    const response = submission?.response
    const sinks = response
      ? {
          record: recorder.recordExchange,
          deliver: (outgoing: Parameters<Deliver>[0]) => void chain(tokensKept(), () => deliver(outgoing))
        }
      : {
          record: (exchange: Parameters<typeof recorder.recordExchange>[0]) => recorder.recordExchange(exchange, false),
          deliver: noDelivery
        }
    const recipient = new UnitRecipient(unit, response ?? new ServerResponse(nobodysRequest))
    return chain(answerCall(call, recipient, sinks, refusal), () => {
      // Of a client that had left for all, the connection may still be there: it was this process that seemed gone.
      if (recipient.hasLeft) response?.destroy()
    })
  }

  playUnmatched(space: Space, input: UnmatchedInput, submission: Submission | undefined): void {
    const { method, httpVersion, headers, url, body, answer, left } = input
    const request = { method, httpVersion, rawHeaders: [...headers] }
    this.#options.recorder.recordUnmatched({ request, url, body, answer, left }, space, submission !== undefined)
    submission?.onDone?.(undefined)
  }
}

/** A client that has left when the log says so. */
class UnitRecipient implements Recipient {
  readonly #unit: Unit

  constructor(
    unit: Unit,
    readonly response: ServerResponse
  ) {
    this.#unit = unit
  }

  get hasLeft(): boolean {
    return this.#unit.leaving.signal.aborted
  }

  gone(): AbortSignal {
    return this.#unit.leaving.signal
  }
}

/** What an answer is written to whose client is another process's: only whether it can be written matters. */
const nobodysRequest = { method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1, complete: true } as IncomingMessage

const noDelivery: Deliver = () => undefined
