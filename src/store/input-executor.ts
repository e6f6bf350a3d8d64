import { type IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { AbortController } from '../base/node-globals.js'
import { chain, type MaybePromise, recover } from '../base/promises.js'
import { type ControlContext, type ControlRequest, type Endpoint, runEndpoint } from '../control/endpoint.js'
import { answerCall, type Recipient } from '../exchange/answer.js'
import { ProductCall } from '../exchange/call.js'
import { credentialsOf, type ReceivedRequest } from '../exchange/mount.js'
import type { Recorder } from '../exchange/recorder.js'
import type { ClientResponse, Deliver } from '../http/delivery.js'
import { Problem } from '../http/problem.js'
import type { Events } from '../journal/events.js'
import type { Product } from '../product/product.js'
import type { Space } from '../space/space.js'
import type { Checkpoints } from './checkpoint.js'
import type { ReplicaRuntime } from './executor.js'
import {
  type BeginInput,
  type CallInput,
  type ControlInput,
  type ControlResult,
  type Input,
  type PlacedInput,
  refusalOf,
  requestOf,
  type Submission,
  Task,
  type UnmatchedInput
} from './log-input.js'
import type { ScenarioReader } from './registry.js'

export interface InputExecutorOptions {
  readonly space: Space
  readonly runtime: ReplicaRuntime
  /** The name of this process among the replicas. */
  readonly replica: string
  readonly calls: CallExecutor
  readonly control: ControlExecutor
  readonly readScenario: ScenarioReader
  readonly events: Events
  readonly checkpoints: Checkpoints
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void
  /** Called for a waiting task with a client of this process. */
  readonly onWaiting: (task: Task, submission: Submission | undefined) => void
}

/** Executes one input of a space, by its type. */
export class InputExecutor {
  readonly #options: InputExecutorOptions
  /** Waiting tasks, by the places of their inputs. */
  readonly #waiting = new Map<number, Task>()

  constructor(options: InputExecutorOptions) {
    this.#options = options
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0
  }

  get waitingFor(): ReadonlySet<string> {
    return new Set([...this.#waiting.values()].map(({ replica }) => replica))
  }

  isWaiting(task: Task): boolean {
    return this.#waiting.get(task.place) === task
  }

  execute({ place, input }: PlacedInput, submission: Submission | undefined): MaybePromise<void> {
    switch (input.type) {
      case 'begin':
        return this.#beginSpace(input)
      case 'call':
      case 'unmatched':
      case 'control':
        return this.#runTask(new Task(input.from, place), input, submission)
      case 'notice':
        this.#options.space.sessions.list(this.#options.space.clock.now())
        submission?.onDone?.(undefined)
        break
      case 'wake': {
        const task = this.#waiting.get(input.call)
        if (task?.waits === input.wait) task.end?.()
        break
      }
      case 'left':
        this.#waiting.get(input.call)?.abort()
        break
      default:
        for (const task of this.#waiting.values())
          if (task.replica === input.replica) {
            if (input.type === 'gone') task.abort()
            else task.end?.()
          }
    }
    return this.#resume()
  }

  /** Discards the space and continues from the text of a checkpoint; an empty one is none. Waiting tasks of the old space continue, and are stale. */
  async restart(text: string): Promise<void> {
    const { space, runtime, checkpoints } = this.#options
    if (space.hasBegun) await space.discard()
    await this.#resume()
    this.#forgetFinished()
    this.#waiting.clear()
    runtime.events = 0
    if (text === '') return
    const checkpoint = await checkpoints.read(text)
    runtime.secret = checkpoint.secret
    const resume = await space.prepare(checkpoint.state, 'same', checkpoints.slices)
    resume()
    runtime.events = checkpoint.events
  }

  async #beginSpace({ secret, scenario, made }: BeginInput): Promise<void> {
    const { runtime, readScenario, space, events } = this.#options
    runtime.secret = secret
    space.begin(await readScenario(scenario))
    if (made) events.publish(space.name, { kind: 'space', change: 'made' })
  }

  #runTask(task: Task, input: Input, submission: Submission | undefined): MaybePromise<void> {
    const { runtime, calls, control, space, onWaiting, failed } = this.#options
    const work = (received: ReceivedRequest | undefined): MaybePromise<void> => {
      if (input.type === 'call' && received) return calls.execute(space, task, input, received, submission)
      if (input.type === 'unmatched') return calls.executeUnmatched(space, input, submission)
      if (input.type === 'control') return control.execute(space, input, submission)
      return undefined
    }
    const fail = (error: unknown): void => {
      failed(error)
      // Otherwise its client would wait without end.
      submission?.onFailed?.(error)
    }
    const prepared = input.type === 'call' ? calls.prepare(input, submission) : undefined
    return chain(prepared, received =>
      chain(
        runtime.scheduler.run(task, () => recover(() => work(received), fail)),
        () => {
          this.#forgetFinished()
          if (task.isOver) return
          this.#waiting.set(task.place, task)
          if (task.replica === this.#options.replica) onWaiting(task, submission)
        }
      )
    )
  }

  #resume(): MaybePromise<void> {
    return chain(this.#options.runtime.scheduler.runResumed(), () => this.#forgetFinished())
  }

  #forgetFinished(): void {
    for (const task of this.#waiting.values())
      if (task.isOver) {
        this.#waiting.delete(task.place)
        task.onOver?.()
      }
  }
}

interface CallExecutorOptions {
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
    readonly response: ClientResponse
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

interface ControlExecutorOptions {
  /** The control API of this process. Each request is one of a single space. */
  readonly context: Omit<ControlContext, 'endpoints'>
  readonly endpoints: () => Promise<readonly Endpoint[]>
  /** Resolves when all replicas can find the tokens of this process. */
  readonly tokensWritten: () => MaybePromise<void>
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void
}

/** Executes requests to the control API with changes to a space. */
export class ControlExecutor {
  readonly #options: ControlExecutorOptions
  #context: ControlContext | undefined

  constructor(options: ControlExecutorOptions) {
    this.#options = options
  }

  async execute(space: Space, input: ControlInput, submission: Submission | undefined): Promise<void> {
    const result = await this.#run(space, input)
    const { tokensWritten, failed } = this.#options
    if (submission?.onDone) void recover(() => chain(tokensWritten(), () => submission.onDone?.(result)), failed)
    // A Problem is the same in every process, and a result for the client.
    if ('thrown' in result && !(result.thrown instanceof Problem) && !submission) throw result.thrown
  }

  async #run(
    space: Space,
    { endpoint: name, query, params, body: sent, isChecked }: ControlInput
  ): Promise<ControlResult> {
    try {
      const endpoints = await this.#options.endpoints()
      const endpoint = endpoints.find(({ method, path }) => `${method} ${path}` === name)
      if (!endpoint) throw new Error(`an input is for ${name}, which is not a path of the control API here`)
      this.#context ??= { ...this.#options.context, endpoints }
      const context = this.#context
      const body = endpoint.read ? await endpoint.read(sent, context) : sent
      const request: ControlRequest = {
        context,
        space,
        spaces: [space],
        scoped: true,
        query,
        params,
        body,
        sent,
        headers: noHeaders,
        origin: '',
        gone: new AbortController().signal
      }
      return { value: isChecked ? await endpoint.run(request) : await runEndpoint(endpoint, request) }
    } catch (thrown) {
      return { thrown }
    }
  }
}

const noHeaders: IncomingHttpHeaders = {}
