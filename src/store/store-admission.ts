import type { ServerResponse } from 'node:http'
import { messageOf } from '../base/error-message.js'
import { recover } from '../base/promises.js'
import { Client, type ExchangeSinks, refuseCall } from '../exchange/answer.js'
import { ProductCall } from '../exchange/call.js'
import type { Admission, ReceivedRequest } from '../exchange/mount.js'
import { Recorder, type UnmatchedRequest } from '../exchange/recorder.js'
import { createDelivery } from '../http/delivery.js'
import { Events } from '../journal/events.js'
import { JournalBudget } from '../journal/journal.js'
import { Failure, type Why } from '../product/failure.js'
import type { Scenario } from '../scenario/scenario.js'
import { Bounds, defaultSpaceName } from '../session/space-values.js'
import { Space } from '../space/space.js'
import type { SpaceDeps } from '../space/space-options.js'
import type { Spaces } from '../space/spaces.js'
import { dataOf, refusalData } from './log-input.js'
import type { Replicas, ReplicationParts } from './replicas.js'
import type { TokenIndex } from './token-index.js'

interface StoreAdmissionOptions {
  readonly spaces: Spaces
  readonly replicas: Replicas
  readonly tokens: TokenIndex
  readonly refuser: Refuser
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void
}

/** Submits requests as inputs of their spaces. */
export class StoreAdmission implements Admission {
  readonly #options: StoreAdmissionOptions

  constructor(options: StoreAdmissionOptions) {
    this.#options = options
  }

  admit(received: ReceivedRequest, response: ServerResponse): void {
    const known = this.#knownSpace(received)
    void recover(
      () =>
        known === undefined
          ? this.#lookUp(received).then(({ space, elsewhere }) => this.#submit(received, response, space, elsewhere))
          : this.#submit(received, response, known),
      error => this.#refuse(received, response, error)
    )
  }

  admitUnmatched(unmatched: UnmatchedRequest, space = defaultSpaceName): Promise<void> {
    const { request, url, body, answer, left } = unmatched
    const { method = '', httpVersion, rawHeaders: headers } = request
    const { status, headers: answered, body: text } = answer
    const input = {
      type: 'unmatched' as const,
      method,
      httpVersion,
      headers,
      url,
      ...(body !== undefined && { body }),
      answer: { status, headers: answered, body: text },
      left
    }
    return this.#options.replicas.request(space, input).then(
      () => undefined,
      () => undefined
    )
  }

  /** The space of the request, if this process knows it; an unknown token may be one of another space. */
  #knownSpace({ spaceName, product, credentials: { token } }: ReceivedRequest): string | undefined {
    const { spaces } = this.#options
    if (token === undefined || token === '') return spaceName ?? defaultSpaceName
    const name = spaceName ?? spaces.ofToken(product.name, token)?.name ?? defaultSpaceName
    return spaces.find(name)?.sessions.has(product.name, token) ? name : undefined
  }

  async #lookUp({ spaceName, product, credentials: { token = '' } }: ReceivedRequest): Promise<{
    readonly space: string
    readonly elsewhere?: Why
  }> {
    const { tokens, spaces, replicas } = this.#options
    const owner = await tokens.find(token)
    if (owner && (owner.space === spaceName || (spaceName === undefined && owner.product === product.name)))
      return { space: owner.space }
    const space = spaceName ?? defaultSpaceName
    if (owner) return { space, elsewhere: { reason: 'of-another-space', owner: owner.space } }
    if (space === defaultSpaceName) return { space }
    // The engine has no tokens of the default space.
    await replicas.of(defaultSpaceName).catchUp()
    const elsewhere = spaces.findElsewhere(replicas.of(space).space, token)
    return { space, ...(elsewhere && { elsewhere }) }
  }

  #submit(received: ReceivedRequest, response: ServerResponse, space: string, elsewhere?: Why): void {
    const { product, operation, request, refusal } = received
    const input = {
      type: 'call' as const,
      product: product.name,
      ...(operation && { operation: operation.name }),
      request: dataOf(request),
      ...(refusal !== undefined && { refusal: refusalData(refusal) }),
      ...(elsewhere && { elsewhere }),
      lag: 0
    }
    const onFailed = (error: unknown) => this.#refuse(received, response, error)
    this.#options.replicas.submit(space, input, { received, response, onFailed })
  }

  #refuse(received: ReceivedRequest, response: ServerResponse, error: unknown): void {
    const { refuser, failed } = this.#options
    try {
      refuser.refuse(received, response, messageOf(error))
    } catch (thrown) {
      failed(thrown)
      response.destroy()
    }
  }
}

/** The refuser of an app: refused requests are logged and counted, but in no journal. */
export const createRefuser = ({
  spaceDeps,
  scenario,
  products,
  context: { metrics },
  onExchange,
  failed
}: ReplicationParts): Refuser => {
  const events = new Events()
  const recorder = new Recorder({ products, events, metrics, onExchange, failed })
  const { limits } = spaceDeps.bounds
  const bounds = new Bounds({ limits, elapsed: () => 0, onDrop: () => undefined })
  const deps = { ...spaceDeps, bounds, events, journal: 0, journalBudget: new JournalBudget() }
  return new Refuser(deps, scenario, { record: recorder.recordExchange, deliver: createDelivery(failed) })
}

/** Refuses requests that cannot be executed, with the responses of their products. */
class Refuser {
  readonly #deps: Omit<SpaceDeps, 'runtimeOf' | 'audit'>
  readonly #scenario: Scenario
  readonly #sinks: ExchangeSinks
  readonly #spaces = new Map<string, Space>()

  constructor(deps: Omit<SpaceDeps, 'runtimeOf' | 'audit'>, scenario: Scenario, sinks: ExchangeSinks) {
    this.#deps = deps
    this.#scenario = scenario
    this.#sinks = sinks
  }

  refuse(
    { product, operation, request, spaceName, credentials }: ReceivedRequest,
    response: ServerResponse,
    detail: string
  ): void {
    const space = this.#space(spaceName ?? defaultSpaceName)
    const call = new ProductCall(product, operation, request, space, credentials)
    const failure = new Failure('unavailable', { why: { reason: 'store', detail } })
    void refuseCall(call, new Client(response), this.#sinks, failure)
  }

  /** A space for refusals only. */
  #space(name: string): Space {
    const known = this.#spaces.get(name)
    if (known) return known
    if (this.#spaces.size > 1000) this.#spaces.clear()
    const space = new Space(name, this.#deps, { findTokenOwner: () => undefined })
    space.begin(this.#scenario)
    this.#spaces.set(name, space)
    return space
  }
}
