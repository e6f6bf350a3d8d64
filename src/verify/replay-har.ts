import { UserError } from '../base/errors.js'
import { URL, URLSearchParams } from '../base/node-globals.js'
import { decodedPath } from '../http/response.js'
import { namedValues, passwordsIn } from '../journal/secret-fields.js'
import type { Overlay } from '../overlay/overlay.js'
import { isRecord } from '../product/fields.js'
import { type Fidelity, fidelities, type Product } from '../product/product.js'
import type { Case, CaseRequest, Cases, ExpectedAnswer } from './cases.js'
import { compareAnswers, type Difference, documentReference, mockReference } from './compare.js'
import { headerOf, type ReceivedAnswer } from './http-transport.js'
import { RunSecrets } from './known-secrets.js'
import { createMock, type Mock } from './mock-transport.js'
import { tokenOf } from './response-body.js'
import type { CaseResult } from './verify-product.js'

interface ReplayOptions {
  readonly product: Product
  readonly cases: Cases
  readonly calls: readonly HarCall[]
  readonly fidelity: Fidelity
  readonly overlay?: Overlay | undefined
}

/** Compares the responses in a HAR with those of a mock to the same requests in the same state. The results have no secrets. */
export const replayHar = async (given: ReplayOptions): Promise<CaseResult[]> => {
  const options = { ...given, calls: withoutSecrets(given) }
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

/** The calls with other tokens, and responses without secrets. */
const withoutSecrets = ({ calls, product, cases }: ReplayOptions): HarCall[] => {
  const passwords = calls.flatMap(({ request }) => passwordsOf(request))
  const secrets = new RunSecrets({ cases, product, passwords, login: '' })
  for (const { answer } of calls) if (answer) secrets.note(answer)
  return calls.map(({ request, answer, ...rest }) => ({
    ...rest,
    request: mapTexts(request, text => secrets.rename(text)),
    answer: answer && secrets.hideAnswer(answer)
  }))
}

/** The passwords in a request, without one that is the login too: that stands in texts which are no secret. */
const passwordsOf = ({ target, headers, body = '' }: CaseRequest): string[] => {
  const text = `${target}\n${body}`
  const rest = namedValues(text).reduceRight((result, { from, to }) => result.slice(0, from) + result.slice(to), text)
  const [, basic = ''] = /^basic\s+(\S+)/i.exec(headerOf({ headers }, 'authorization') ?? '') ?? []
  const [, login, password = login] = /^([^:]*):(.+)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? []
  return [
    ...[...passwordsIn(target), ...passwordsIn(body)].filter(each => !rest.includes(each)),
    ...(password === undefined || password === login ? [] : [password, basic])
  ]
}

const mapTexts = ({ method, target, headers, body }: CaseRequest, change: (text: string) => string): CaseRequest => ({
  method,
  target: change(target),
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)])),
  body: body === undefined ? undefined : change(body)
})

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
    return { mock, differences: this.#differences(mock, real) }
  }

  #differences(mock: ReceivedAnswer, real: ReceivedAnswer): Difference[] {
    const { cases } = this.#options
    const { patterns, volatileHeaders } = cases
    const [mockToken, realToken] = [
      tokenOf(mock, cases) ?? this.#token?.mock,
      tokenOf(real, cases) ?? this.#token?.real
    ]
    const login = mock.facts?.operation === undefined ? {} : { login: this.#mock.login() ?? '' }
    const scope = { patterns, values: { ...login, ...(mockToken !== undefined && { token: mockToken }) } }
    const reference = mockReference(mock, this.#template(mock), { ...scope, volatileHeaders })
    return compareAnswers(reference, real, {
      patterns,
      values: { ...login, ...(realToken !== undefined && { token: realToken }) }
    })
  }

  /** The expected response of the case that matches a response of the mock; its marks show the volatile parts. */
  #template(mock: ReceivedAnswer): ExpectedAnswer {
    const { cases, patterns } = this.#options.cases
    for (const { expect } of cases) {
      const expected = expect[this.#fidelity]
      if (expected.status !== mock.status || expected.body === '') continue
      const reference = { ...documentReference(expected), headers: mock.headers }
      if (compareAnswers(reference, mock, { values: {}, patterns: { ...patterns, login: '.*' } }).length === 0)
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
  #translate(request: CaseRequest): CaseRequest {
    return mapTexts(request, text => {
      let result = text
      for (const [real, mock] of this.#tokens)
        result = result.replaceAll(real, mock).replaceAll(encodeURIComponent(real), encodeURIComponent(mock))
      return result
    })
  }
}

/** A request of a HAR to the product. */
interface HarCall {
  readonly request: CaseRequest
  /** Undefined if the HAR has no response. */
  readonly answer: ReceivedAnswer | undefined
  /** Unix milliseconds. */
  readonly at: number
  readonly secure: boolean
}

/** The requests to the product in a HAR 1.2, in order of time. A path of several products is of the first. Throws a UserError. */
export const readHar = (text: string, file: string, product: Product, products: readonly Product[]): HarCall[] => {
  const isOwn = (path: string) => products.find(({ pathPattern }) => pathPattern.test(path)) === product
  const calls = entriesOf(text, file).flatMap(entry => callOf(entry, isOwn))
  if (calls.length > 0) return calls.sort((a, b) => a.at - b.at)
  const [method, path] = product.operations[0]?.routes[0] ?? []
  throw new UserError(`--har "${file}": it has no request to ${product.title}, such as ${method} ${path}`)
}

const entriesOf = (text: string, file: string): readonly unknown[] => {
  const invalid = (what: string) => new UserError(`--har "${file}": expected a HAR with log.entries, found ${what}`)
  let har: unknown
  try {
    har = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw invalid('text that is not JSON')
  }
  const entries = isRecord(har) && isRecord(har.log) ? har.log.entries : undefined
  if (Array.isArray(entries)) return entries
  throw invalid('other JSON')
}

const callOf = (entry: unknown, isOwn: (path: string) => boolean): HarCall[] => {
  if (!isRecord(entry) || !isRecord(entry.request)) return []
  const { method, url, headers, postData } = entry.request
  if (typeof method !== 'string' || typeof url !== 'string' || !URL.canParse(url)) return []
  const target = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] || '/'
  if (!isOwn(decodedPath(target))) return []
  const at = Date.parse(String(entry.startedDateTime))
  return [
    {
      request: { method, target, headers: requestHeaders(pairsOf(headers), postData), body: bodyOf(postData) },
      answer: answerOf(entry.response),
      at: Number.isNaN(at) ? 0 : at,
      secure: url.startsWith('https:')
    }
  ]
}

/** Without headers of the connection, and pseudo-headers of HTTP/2. Some tools have the media type of a body only beside it. */
const requestHeaders = (pairs: readonly (readonly [string, string])[], postData: unknown): Record<string, string> => {
  const headers = Object.fromEntries(
    pairs.filter(
      ([name]) => !/^(?::.*|host|connection|content-length|transfer-encoding|accept-encoding|prefer)$/i.test(name)
    )
  )
  const type = isRecord(postData) ? postData.mimeType : undefined
  if (typeof type !== 'string' || type === '' || headerOf({ headers }, 'content-type') !== undefined) return headers
  return { ...headers, 'Content-Type': type }
}

const pairsOf = (list: unknown): [string, string][] =>
  (Array.isArray(list) ? list : []).flatMap(each =>
    isRecord(each) && typeof each.name === 'string' ? [[each.name, String(each.value ?? '')]] : []
  )

const bodyOf = (postData: unknown): string | undefined => {
  if (!isRecord(postData)) return undefined
  if (typeof postData.text === 'string' && postData.text !== '') return postData.text
  const params = pairsOf(postData.params)
  return params.length === 0 ? undefined : new URLSearchParams(params).toString()
}

const answerOf = (response: unknown): ReceivedAnswer | undefined => {
  if (!isRecord(response) || typeof response.status !== 'number' || response.status < 100) return undefined
  const content = isRecord(response.content) ? response.content : {}
  const text = typeof content.text === 'string' ? content.text : ''
  return {
    status: response.status,
    headers: joinValues(pairsOf(response.headers)),
    body: content.encoding === 'base64' ? Buffer.from(text, 'base64').toString() : text
  }
}

const joinValues = (pairs: readonly (readonly [string, string])[]): Record<string, string> => {
  const headers = new Map<string, readonly [name: string, value: string]>()
  for (const [name, value] of pairs) {
    const known = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), known ? [known[0], `${known[1]}, ${value}`] : [name, value])
  }
  return Object.fromEntries(headers.values())
}
