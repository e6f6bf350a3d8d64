import type { ServerResponse } from 'node:http'
import { messageOf } from '../base/error-message.js'
import { recover } from '../base/maybe-promise.js'
import type { Admission, ReceivedRequest } from '../exchange/admission.js'
import type { UnmatchedRequest } from '../exchange/recorder.js'
import type { Why } from '../product/failure.js'
import type { Spaces } from '../space/spaces.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { Refuser } from './refuser.js'
import type { Replicas } from './replicas.js'
import { dataOf, refusalData } from './request-data.js'
import type { TokenIndex } from './token-index.js'

export interface StoreAdmissionOptions {
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
