import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { AbortController } from '../base/node-globals.js'
import { chain, type MaybePromise, recover } from '../base/promises.js'
import type { EndpointResult } from '../control/endpoint.js'
import type { ReceivedRequest } from '../exchange/mount.js'
import { type Answer, decodedPath } from '../http/response.js'
import { type BodyReaders, readBody } from '../product/body.js'
import { Failure, type FailureDetail, type FailureName, type Why } from '../product/failure.js'
import type { ProductRequest } from '../product/request.js'
import { listOf, textsOf } from './store-error.js'

/** A scenario as plain data: its text, or the name of a shipped one. */
export interface ScenarioData {
  readonly name?: string
  readonly text?: string
  readonly shipped?: string
}

interface Sender {
  /** The replica of its request, and its number there. */
  readonly from: string
  readonly id: number
}

/** The first input of a space. */
export interface BeginInput {
  readonly type: 'begin'
  /** The secret of the random numbers of a space without a seed. */
  readonly secret: string
  readonly scenario: ScenarioData
  /** Created by the control API. */
  readonly made?: true
}

/** A request to a product. */
export interface CallInput extends Sender {
  readonly type: 'call'
  readonly product: string
  readonly operation?: string
  readonly request: RequestData
  /** The refusal before its operation. */
  readonly refusal?: RefusalData
  /** The other space of its token. */
  readonly elsewhere?: Why
  /** Milliseconds from its arrival to its batch. */
  readonly lag: number
}

/** A request with an unknown path. */
export interface UnmatchedInput extends Sender {
  readonly type: 'unmatched'
  readonly method: string
  readonly httpVersion: string
  readonly headers: readonly string[]
  readonly url: string
  readonly body?: string
  readonly answer: Answer
  readonly left: boolean
}

/** A request to the control API. */
export interface ControlInput extends Sender {
  readonly type: 'control'
  readonly endpoint: string
  readonly query: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, string>>
  readonly body?: unknown
  /** It was checked for several spaces together, and may have no effect in this one. */
  readonly isChecked?: true
}

/** Ends expired sessions. */
interface NoticeInput extends Sender {
  readonly type: 'notice'
}

/** The end of a wait of a call; `wait`: the number of waits that the call has begun. */
interface WakeInput extends Sender {
  readonly type: 'wake'
  readonly call: number
  readonly wait: number
}

/** The client of a call has disconnected. */
interface LeftInput extends Sender {
  readonly type: 'left'
  readonly call: number
}

/** `gone`: the calls of a dead replica end. `stopping`: those of a stopping one continue. */
interface ReplicaInput extends Sender {
  readonly type: 'gone' | 'stopping'
  readonly replica: string
}

export type Input =
  | BeginInput
  | CallInput
  | UnmatchedInput
  | ControlInput
  | NoticeInput
  | WakeInput
  | LeftInput
  | ReplicaInput

/** An input with its place in the log. */
export interface PlacedInput {
  readonly place: number
  /** Its time in Unix milliseconds, never earlier than that of the input before. */
  readonly at: number
  readonly input: Input
}

/** Parses a stream entry of the engine: id, then names and values in turn. Throws a SyntaxError for an invalid input. */
export const readEntry = (entry: unknown): PlacedInput => {
  const [id, fields] = listOf(entry)
  const [, time, , text = ''] = textsOf(fields)
  return { place: Number(String(id).split('-', 1)[0]), at: Number(time), input: parseInput(text) }
}

const parseInput = (text: string): Input => JSON.parse(text)

/** A request as plain data, for the same call in another process. */
interface RequestData {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** Names and values in turn, in their original order and case. */
  readonly headers: readonly string[]
  readonly ip: string
  readonly tls?: true
  readonly query?: unknown
  /** The body: a text if it is UTF-8, else base64. */
  readonly text?: string
  readonly base64?: string
}

/** The refusal of a request before its operation, as plain data. */
interface RefusalData {
  readonly kind?: FailureName
  readonly detail?: FailureDetail
  /** The message of an unexpected error. */
  readonly bug?: string
}

export const dataOf = (request: ProductRequest): RequestData => {
  const { method, url, raw, query, rawBody, bodyBytes } = request
  const { address: ip, secure } = raw.peer
  return {
    method,
    url,
    httpVersion: raw.httpVersion,
    headers: raw.rawHeaders,
    ip,
    ...(secure && { tls: true }),
    ...(url.includes('?') && { query }),
    ...(rawBody !== undefined && bodyData(rawBody, bodyBytes))
  }
}

const bodyData = (text: string, bytes: Buffer | undefined): Pick<RequestData, 'text' | 'base64'> =>
  bytes === undefined || !text.includes('\uFFFD') || Buffer.from(text).equals(bytes)
    ? { text }
    : { base64: bytes.toString('base64') }

/** The request of the data, with its parsed body. */
export const requestOf = (data: RequestData, readers: BodyReaders): MaybePromise<ProductRequest> => {
  const { method, url, httpVersion, headers: rawHeaders, ip, query = {} } = data
  const headers = headersOf(rawHeaders)
  const bytes = bytesOf(data)
  const peer = { address: ip, isLocal: false, port: 0, secure: data.tls ?? false }
  const raw = { path: decodedPath(url), rawHeaders: [...rawHeaders], headers, httpVersion, peer }
  const request = {
    method,
    url,
    query,
    headers,
    raw,
    rawBody: bytes?.toString(),
    bodyBytes: bytes,
    body: undefined
  }
  if (!bytes) return request
  // The input already has the error of a body that cannot be read.
  return chain(
    recover(
      () => readBody(readers, bytes, headers),
      () => undefined
    ),
    body => ({ ...request, body })
  )
}

const bytesOf = ({ text, base64 }: RequestData): Buffer | undefined => {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return text === undefined ? undefined : Buffer.from(text)
}

/** Headers that Node.js does not join: only the first value counts (`http.IncomingMessage.headers`). */
const single = new Set(
  'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since last-modified location max-forwards proxy-authorization referer retry-after server user-agent'.split(
    ' '
  )
)

/** Headers by name, as Node.js joins them. */
export const headersOf = (lines: readonly string[]): IncomingHttpHeaders => {
  const headers: Record<string, string | string[]> = {}
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const name = (lines[index] ?? '').toLowerCase()
    const value = lines[index + 1] ?? ''
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined
    if (name === 'set-cookie') headers[name] = [...(before ?? []), value]
    else if (before === undefined) headers[name] = value
    else if (!single.has(name)) headers[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return headers
}

export const refusalData = (refusal: unknown): RefusalData =>
  refusal instanceof Failure ? { kind: refusal.kind, detail: refusal.detail } : { bug: String(refusal) }

export const refusalOf = ({ kind, detail, bug }: RefusalData): unknown =>
  kind === undefined ? new Error(bug) : new Failure(kind, detail)

/** Maximum number of inputs in a batch. */
const mostInputs = 500

/** Maximum characters in a batch, approximately. */
const mostText = 4_194_304

/** The number of submissions at the start of the list that fit in one batch; at least one. */
export const batchSize = (pending: readonly Submission[]): number => {
  let text = 0
  const end = pending.findIndex(({ input }, index) => {
    text += input.type === 'call' ? (input.request.text ?? input.request.base64 ?? '').length + 1000 : 1000
    return index > 0 && (index >= mostInputs || text > mostText)
  })
  return end < 0 ? pending.length : end
}

/** The input with its delay from its arrival to `now`, in monotonic milliseconds. */
export const withLag = ({ input, since }: Submission, now: number): Submission['input'] =>
  input.type === 'call' ? { ...input, lag: now - since } : input

/** The result of a control request in one space. */
export type ControlResult = { readonly value: EndpointResult } | { readonly thrown: unknown }

/** An input of this process for the log of a space, with its waiting client. */
export interface Submission {
  readonly input: Exclude<Input, { readonly type: 'begin' }>
  /** The time of its submission in monotonic milliseconds. */
  readonly since: number
  /** The request with its client, for a call of this process. */
  readonly received?: ReceivedRequest
  readonly response?: ServerResponse
  /** Called after its execution, with the result of a control request. */
  readonly onDone?: (result: ControlResult | undefined) => void
  /** Called if it was not appended, or may not have been. */
  readonly onFailed?: (error: unknown) => void
}

/** The execution of a request of a space, from its input to its end; it may wait in between. */
export class Task {
  /** Aborted when its client has disconnected. */
  readonly leaving = new AbortController()
  /** Number of its waits so far. */
  waits = 0
  /** Ends its current wait, if it waits. */
  end: (() => void) | undefined
  isOver = false
  /** Called at the end of a task that has waited. */
  onOver: (() => void) | undefined

  constructor(
    /** The replica with the client. */
    readonly replica: string,
    /** The place of its input in the log. */
    readonly place: number
  ) {}

  /** Aborts the task and ends its wait, as its client has disconnected. */
  abort(): void {
    this.leaving.abort()
    this.end?.()
  }
}
