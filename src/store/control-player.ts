import type { IncomingHttpHeaders } from 'node:http'
import { chain, type MaybePromise } from '../base/maybe-promise.js'
import type { ControlContext, ControlRequest, Endpoint } from '../control/endpoint.js'
import { Problem } from '../http/problem.js'
import type { Space } from '../space/space.js'
import type { ControlInput } from './input.js'
import type { Submission } from './submission.js'

/** What came of a control request in one space. */
export type ControlResult = { readonly value: unknown } | { readonly thrown: unknown }

export interface ControlPlayerOptions {
  /** The control API as it is here; its requests are those of one space each. */
  readonly context: Omit<ControlContext, 'endpoints'>
  readonly endpoints: () => Promise<readonly Endpoint[]>
  /** Resolves when others can find the tokens that were issued here. */
  readonly tokensKept: () => MaybePromise<void>
}

/** Executes requests to the control API that change something in a space. */
export class ControlPlayer {
  readonly #options: ControlPlayerOptions
  #context: ControlContext | undefined

  constructor(options: ControlPlayerOptions) {
    this.#options = options
  }

  async play(space: Space, input: ControlInput, submission: Submission | undefined): Promise<void> {
    const result = await this.#run(space, input)
    if (submission?.onDone) void chain(this.#options.tokensKept(), () => submission.onDone?.(result))
    // Where it is refused, it is so everywhere; who asked is told.
    if ('thrown' in result && !(result.thrown instanceof Problem) && !submission) throw result.thrown
  }

  async #run(space: Space, { endpoint: name, query, params, body: sent }: ControlInput): Promise<ControlResult> {
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
      return { value: await endpoint.run(request) }
    } catch (thrown) {
      return { thrown }
    }
  }
}

const noHeaders: IncomingHttpHeaders = {}
