import type { Overlay } from '../overlay/overlay.js'
import { type Fidelity, fidelities, type Product } from '../product/product.js'
import type { ReceivedAnswer } from './answer.js'
import type { Case, CaseRequest, Cases, ExpectedAnswer } from './case.js'
import { compareAnswers } from './compare-answers.js'
import type { Difference } from './difference.js'
import type { HarCall } from './har.js'
import { createMock, type Mock } from './mock-transport.js'
import { tokenOf } from './opened-sessions.js'
import { documentReference, mockReference } from './reference.js'
import type { CaseResult } from './verdict.js'

export interface ReplayOptions {
  readonly product: Product
  readonly cases: Cases
  readonly calls: readonly HarCall[]
  readonly fidelity: Fidelity
  readonly overlay?: Overlay | undefined
}

/** Compares the responses in a HAR with those of a mock to the same requests in the same state. */
export const replayHar = async (options: ReplayOptions): Promise<CaseResult[]> => {
  const replayed = (fidelity: Fidelity) => new Replay(options, fidelity).play()
  const [documented, observed] = await Promise.all([replayed('documented'), replayed('observed')])
  const by = { documented, observed }
  const other = fidelities.find(each => each !== options.fidelity)
  return options.calls.map((call, index) => {
    const { mock, differences } = by[options.fidelity][index] ?? nothing
    const isRight = other !== undefined && differences.length > 0 && by[other][index]?.differences.length === 0
    return resultOf(call, index, { mock, differences, rightIn: isRight ? other : undefined })
  })
}

interface Replayed {
  readonly mock: ReceivedAnswer | undefined
  readonly differences: readonly Difference[]
}

/** A different status counts more than any other differences. */
const distanceOf = ({ differences }: Replayed): number =>
  differences.some(({ kind }) => kind === 'status') ? Number.POSITIVE_INFINITY : differences.length

const nothing: Replayed = { mock: undefined, differences: [] }

const resultOf = (
  { request, answer }: HarCall,
  index: number,
  found: Pick<CaseResult, 'mock' | 'differences' | 'rightIn'>
): CaseResult => {
  const outcome = found.differences.length === 0 ? 'same' : 'mock differs'
  return {
    ...found,
    case: harCase(request, index),
    outcome: answer ? outcome : 'not sent',
    why: answer ? undefined : 'the HAR has no response',
    document: undefined,
    answer
  }
}

const harCase = (request: CaseRequest, index: number): Case => {
  const unknown: ExpectedAnswer = { status: 200, headers: {}, body: '' }
  return {
    name: `${index + 1}: ${request.method} ${request.target}`,
    step: 'use',
    source: 'seen',
    place: '',
    request,
    opens: false,
    ends: false,
    drops: false,
    keeps: {},
    wait: undefined,
    unsafe: undefined,
    expect: { documented: unknown, observed: unknown }
  }
}

/** Sends the requests of a HAR to a mock, with real tokens replaced by those of the mock. */
class Replay {
  readonly #options: ReplayOptions
  readonly #fidelity: Fidelity
  readonly #mock: Mock
  /** Tokens of the mock, by real tokens. */
  readonly #tokens = new Map<string, string>()
  #token: { readonly real: string; readonly mock: string } | undefined

  constructor(options: ReplayOptions, fidelity: Fidelity) {
    const { product, overlay, calls } = options
    this.#options = options
    this.#fidelity = fidelity
    const account = { login: 'demo', password: 'demo' }
    const secure = calls[0]?.secure ?? false
    this.#mock = createMock({ product, fidelity, account, secure, overlay, scenario: { accounts: 'any' } })
  }

  async play(): Promise<Replayed[]> {
    const replayed: Replayed[] = []
    let last = this.#options.calls[0]?.at ?? 0
    for (const call of this.#options.calls) {
      this.#mock.advance(Math.max(0, call.at - last))
      last = Math.max(last, call.at)
      replayed.push(call.answer ? await this.#replay(call.request, call.answer) : nothing)
    }
    return replayed
  }

  /** The response with the fewest differences, of the possible states of the server. */
  async #replay(request: CaseRequest, real: ReceivedAnswer): Promise<Replayed> {
    const sent = this.#translate(request)
    const first = await this.#try(sent, real)
    const again = first.differences.length === 0 ? undefined : await this.#inAnotherState(sent, real, first)
    const best = again && distanceOf(again) < distanceOf(first) ? again : first
    this.#mapToken(best.mock, real)
    return best
  }

  /** A successful login may have been refused in reality; an unknown token may have been issued before. */
  async #inAnotherState(sent: CaseRequest, real: ReceivedAnswer, { mock }: Replayed): Promise<Replayed | undefined> {
    const { outcome, reason } = mock?.facts ?? {}
    if (mock && outcome === 'success' && tokenOf(mock, this.#options.cases) !== undefined)
      return this.#try({ ...sent, headers: { ...sent.headers, Prefer: 'fail=bad-credentials' } }, real)
    const token = this.#mock.token()
    if (reason !== 'never-issued' || token === undefined) return undefined
    await this.#mock.open(token)
    return this.#try(sent, real)
  }

  async #try(sent: CaseRequest, real: ReceivedAnswer): Promise<Replayed> {
    const mock = await this.#mock.send(sent)
    return { mock, differences: await this.#differences(mock, real) }
  }

  async #differences(mock: ReceivedAnswer, real: ReceivedAnswer): Promise<Difference[]> {
    const { cases } = this.#options
    const { patterns, volatileHeaders } = cases
    const [mockToken, realToken] = [
      tokenOf(mock, cases) ?? this.#token?.mock,
      tokenOf(real, cases) ?? this.#token?.real
    ]
    const login = mock.facts?.operation === undefined ? {} : { login: this.#mock.login() ?? '' }
    const scope = { patterns, values: { ...login, ...(mockToken !== undefined && { token: mockToken }) } }
    const reference = await mockReference(mock, await this.#template(mock), { ...scope, volatileHeaders })
    return compareAnswers(reference, real, {
      patterns,
      values: { ...login, ...(realToken !== undefined && { token: realToken }) }
    })
  }

  /** The expected response of the case that matches a response of the mock; its marks show the volatile parts. */
  async #template(mock: ReceivedAnswer): Promise<ExpectedAnswer> {
    const { cases, patterns } = this.#options.cases
    for (const { expect } of cases) {
      const expected = expect[this.#fidelity]
      if (expected.status !== mock.status || expected.body === '') continue
      const reference = { ...(await documentReference(expected)), headers: mock.headers }
      if ((await compareAnswers(reference, mock, { values: {}, patterns: { ...patterns, login: '.*' } })).length === 0)
        return expected
    }
    return { status: mock.status, headers: {}, body: '' }
  }

  #mapToken(mock: ReceivedAnswer | undefined, real: ReceivedAnswer): void {
    const { cases } = this.#options
    const mockToken = mock && tokenOf(mock, cases)
    const realToken = tokenOf(real, cases)
    if (mockToken === undefined || realToken === undefined) return
    this.#tokens.set(realToken, mockToken)
    this.#token = { real: realToken, mock: mockToken }
  }

  /** The request with the tokens of the mock. */
  #translate({ method, target, headers, body }: CaseRequest): CaseRequest {
    const translate = (text: string) => {
      let result = text
      for (const [real, mock] of this.#tokens)
        result = result.replaceAll(real, mock).replaceAll(encodeURIComponent(real), encodeURIComponent(mock))
      return result
    }
    return {
      method,
      target: translate(target),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, translate(value)])),
      body: body === undefined ? undefined : translate(body)
    }
  }
}
