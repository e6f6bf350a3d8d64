import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { chain, type MaybePromise, recover } from '../base/maybe-promise.js'
import type { ReceivedRequest } from '../exchange/admission.js'
import { answerCall } from '../exchange/answer-call.js'
import { ProductCall } from '../exchange/call.js'
import { credentialsOf } from '../exchange/credentials.js'
import type { Recipient } from '../exchange/recipient.js'
import type { Recorder } from '../exchange/recorder.js'
import type { Deliver } from '../http/delivery.js'
import type { Product } from '../product/product.js'
import type { Space } from '../space/space.js'
import type { CallInput, UnmatchedInput } from './input.js'
import { refusalOf, requestOf } from './request-data.js'
import type { Submission } from './submission.js'
import type { Task } from './task.js'

export interface CallExecutorOptions {
  readonly products: readonly Product[]
  readonly recorder: Recorder
  readonly deliver: Deliver
  /** Resolves when all replicas can find the tokens of this process. */
  readonly tokensWritten: () => MaybePromise<void>
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void
}

/** Executes requests to products: with the same rows and effects in every process, and a response for a client of this one. */
export class CallExecutor {
  readonly #options: CallExecutorOptions
  /** The request of responses that are not sent, as their client is one of another process. */
  readonly #absentRequest = new IncomingMessage(new Socket())

  constructor(options: CallExecutorOptions) {
    this.#options = options
  }

  /** The request of this process, or one created from its input. */
  prepare(input: CallInput, submission: Submission | undefined): MaybePromise<ReceivedRequest> {
    if (submission?.received) return submission.received
    const product = this.#options.products.find(({ name }) => name === input.product)
    if (!product) throw new Error(`an input is for ${input.product}, which is not served here`)
    const operation = product.operations.find(({ name }) => name === input.operation)
    return chain(requestOf(input.request, operation?.bodies ?? product.bodies), request => {
      const { bug, ...credentials } = credentialsOf(request, product, operation)
      const refusal = input.refusal ? refusalOf(input.refusal) : bug
      return { product, operation, request, spaceName: undefined, credentials, refusal }
    })
  }

  execute(
    space: Space,
    task: Task,
    input: CallInput,
    received: ReceivedRequest,
    submission: Submission | undefined
  ): MaybePromise<void> {
    const { recorder, deliver, tokensWritten, failed } = this.#options
    const { product, operation, request, credentials, refusal } = received
    const call = new ProductCall(product, operation, request, space, credentials, input.lag)
    call.tokenOwner = input.elsewhere
    const response = submission?.response
    const sinks = response
      ? {
          record: recorder.recordExchange,
          deliver: (outgoing: Parameters<Deliver>[0]) =>
            void recover(() => chain(tokensWritten(), () => deliver(outgoing)), failed)
        }
      : {
          record: (exchange: Parameters<typeof recorder.recordExchange>[0]) => recorder.recordExchange(exchange, false),
          deliver: noDelivery
        }
    const recipient = new TaskRecipient(task, response ?? new ServerResponse(this.#absentRequest))
    return chain(answerCall(call, recipient, sinks, refusal), () => {
      // The log may say that the client left, though it is still connected: this process was taken for dead.
      if (recipient.isGone) response?.destroy()
    })
  }

  executeUnmatched(space: Space, input: UnmatchedInput, submission: Submission | undefined): void {
    const { method, httpVersion, headers, url, body, answer, left } = input
    const request = { method, httpVersion, rawHeaders: [...headers] }
    this.#options.recorder.recordUnmatched({ request, url, body, answer, left }, space, submission !== undefined)
    submission?.onDone?.(undefined)
  }
}

/** A client that leaves at an input of the log. */
class TaskRecipient implements Recipient {
  readonly #task: Task

  constructor(
    task: Task,
    readonly response: ServerResponse
  ) {
    this.#task = task
  }

  get isGone(): boolean {
    return this.#task.leaving.signal.aborted
  }

  goneSignal(): AbortSignal {
    return this.#task.leaving.signal
  }

  keepSilent(): void {
    this.response.isSilent = true
  }
}

const noDelivery: Deliver = () => undefined
