import type { IncomingHttpHeaders } from 'node:http'
import { chain, type MaybePromise, recover } from '../base/maybe-promise.js'
import { AbortController } from '../base/node-globals.js'
import { type ControlContext, type ControlRequest, type Endpoint, runEndpoint } from '../control/endpoint.js'
import { Problem } from '../http/problem.js'
import type { Space } from '../space/space.js'
import type { ControlInput } from './input.js'
import type { ControlResult, Submission } from './submission.js'

export interface ControlExecutorOptions {
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
