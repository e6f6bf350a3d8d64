import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import type { MaybePromise } from '../base/promises.js'
import type { Slices } from '../base/slices.js'
import type { Answer } from '../http/response.js'
import type { Event, Events } from '../journal/events.js'
import type { Metrics } from '../journal/metrics.js'
import type { Product } from '../product/product.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import type { SystemClock } from '../session/clock.js'
import type { Space } from '../space/space.js'
import type { Spaces } from '../space/spaces.js'

/** The parts of the running server that the control API reads and changes. */
export interface ControlContext {
  readonly version: string
  readonly products: readonly Product[]
  /** All endpoints of the control API. */
  readonly endpoints: readonly Endpoint[]
  /** Serves one product in a copy of the space without delays, for examples of its responses. */
  readonly isolate: (product: Product, space: Space) => IsolatedProduct
  readonly spaces: Spaces
  readonly events: Events
  readonly metrics: Metrics
  /** The scenario of the server start. */
  readonly scenario: Scenario
  readonly catalog: ScenarioLookup
  readonly systemClock: SystemClock
  /** The slices of all long works of the server. */
  readonly slices: Slices
  /** Start of the server in monotonic milliseconds. */
  readonly began: number
  /** Start of the server in Unix milliseconds. */
  readonly startedAt: number
  /** Base URLs of products with a listener of their own, by name: scheme, host and port. */
  readonly urls: Map<string, string>
  /** The folder of the built dashboard; undefined without a dashboard. */
  readonly dashboard: string | undefined
  /** The certificate of the generated authority for HTTPS, in PEM. */
  readonly ca: string | undefined
  /** Passwords and tokens are not redacted. */
  readonly showSecrets: boolean
  /** Number of requests in the journal of each space. */
  readonly journal: number
  /** Maximum number of listeners of events, and of bytes that one has not read yet. */
  readonly eventListeners: number
  readonly unreadEvents: number
  /** Number of control requests that wait for an event. */
  readonly waiting: { count: number }
  /** Rendered events, shared by all listeners. */
  readonly eventTexts: WeakMap<Event, string>
  /** Undefined where this process alone holds the spaces. */
  readonly replication?: ControlReplication | undefined
  /** Called with an unexpected error. */
  readonly bug: (error: unknown) => void
  /** Called after a change, with a line for the log and its fields. */
  readonly steered: (line: string, fields: Readonly<Record<string, unknown>>) => void
}

/** The control API with a shared store: several processes hold the same spaces. */
export interface ControlReplication {
  /** Start of the oldest process, in Unix milliseconds. */
  readonly startedAt: number
  /** Number of events of a space. */
  eventsOf(space: string): number
  /** Why requests cannot be answered now; undefined if they can. */
  readonly trouble: string | undefined
  /** Updates the spaces of a request. `createsSpace`: a missing space is created. Throws a Problem if the store cannot be used. */
  prepare(endpoint: Endpoint, space: string | undefined, createsSpace: boolean): Promise<void>
  /** Runs a request; one with changes runs in every process. */
  run(endpoint: Endpoint, request: ControlRequest): Promise<EndpointResult>
  /** The space with that name, created if it is missing. */
  make(name: string): Promise<{ readonly space: Space; readonly isNew: boolean }>
  /** Creates a space with a free name from the state of another one; with `rows`, from its journal too. */
  fork(source: Space, to: string, rows: boolean): Promise<Space>
  /** Keeps a space, or all, up to date until the returned function is called. */
  follow(space: string | undefined): Promise<() => void>
}

/** One product on its own, for examples of its responses. */
export interface IsolatedProduct {
  readonly handle: (request: IncomingMessage, response: ServerResponse, role: { readonly product: Product }) => void
  close(): void
}

/** A checked request to the control API. */
export interface ControlRequest<Body = unknown> {
  readonly context: ControlContext
  /** The addressed space, or the default one. */
  readonly space: Space
  /** The addressed space, or all. */
  readonly spaces: readonly Space[]
  /** A space is addressed, by query, path, header or port. */
  readonly scoped: boolean
  readonly query: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, string>>
  readonly body: Body
  /** The body before `read`: a JSON value, or a text. Only with a store. */
  readonly sent: unknown
  readonly headers: IncomingHttpHeaders
  /** Scheme and host of the URL. */
  readonly origin: string
  /** Aborted when the client disconnects. */
  readonly gone: AbortSignal
}

/** A response that is written by a function, such as a stream. */
export class StreamResponse {
  constructor(readonly send: (reply: ServerResponse) => void) {}
}

/**
 * The result of a change to each of several spaces: with a store, the results in each space are merged. Lists are joined, numbers added,
 * and other values are those of the first space.
 */
export type MergeableResult = { readonly [key: string]: MergeableValue | undefined }
export type MergeableValue = string | number | boolean | readonly unknown[] | JsonList

/** A JSON document for 200, with lists that may be a JsonList; or another response. */
export type EndpointResult = object | Answer | StreamResponse

/** One method and path of the control API: its description, its checks and its code. */
export type Endpoint<Body = unknown> = EndpointFacts<Body> & (ChangeOfEach<Body> | OtherUse<Body>)

/** Changes each addressed space. */
export interface ChangeOfEach<Body> {
  readonly changes: 'each'
  /** Throws a Problem for a refusal. */
  run(request: ControlRequest<Body>): MaybePromise<MergeableResult>
}

export interface OtherUse<Body> {
  /**
   * Changes to spaces, which a store repeats in every process. `one`: of the addressed or the default space. `expiry`: none, but sessions
   * past their time are ended.
   */
  readonly changes?: 'one' | 'expiry'
  /** Throws a Problem for a refusal. */
  run(request: ControlRequest<Body>): MaybePromise<EndpointResult>
}

export interface EndpointFacts<Body> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/__admin`; `{name}` is a parameter. */
  readonly path: string
  readonly summary: string
  /** The schemas of the query parameters, beside `space`. */
  readonly query?: Readonly<Record<string, JSONSchema>>
  /** A missing space of `?space=` is created; left out, it is refused. */
  readonly createsSpace?: true
  /** Independent of spaces: answered also without the store. */
  readonly stateless?: true
  /** Changes the behaviour for clients, and is logged. */
  readonly logged?: true
  /** The schema of the JSON body; left out, a body is refused. */
  readonly body?: JSONSchema
  /** Parses the body instead of the schema, before a space is created. Throws a Problem. */
  readonly read?: (body: unknown, context: ControlContext) => Promise<Body>
  /** Maximum bytes of the body, if it may be larger than the limit of the server. */
  readonly bodyLimit?: number
  /** The body is a text of any media type, for `read`. */
  readonly text?: true
  readonly answers: Readonly<
    Record<number, { readonly description: string; readonly type?: string; readonly schema?: object }>
  >
  /** Needs no token. */
  readonly open?: true
  /** Answers by any host name: it changes and tells nothing, and health checks come by many. */
  readonly anyHost?: true
  /** Refuses the request by a Problem, before any of its spaces is changed. */
  check?(request: ControlRequest<Body>): MaybePromise<void>
}

export const runEndpoint = async (endpoint: Endpoint, request: ControlRequest): Promise<EndpointResult> => {
  await endpoint.check?.(request)
  return endpoint.run(request)
}

/** An endpoint with a JSON body: the schema gives `run` the type of the body. */
export const endpointWithBody = <const Schema extends JSONSchema, Body = FromSchema<Schema>>(
  endpoint: Endpoint<Body> & { readonly body: Schema; readonly read?: never }
): Endpoint => endpoint

export const isAnswer = (value: object): value is Answer => 'status' in value && 'headers' in value

/** A long list in a JSON document: each item is rendered when it is written. */
export class JsonList<Made = unknown> {
  private constructor(readonly items: () => Iterable<Made>) {}

  static of<Item, Made>(items: Iterable<Item>, render: (item: Item) => Made): JsonList<Made> {
    return new JsonList(function* () {
      for (const item of items) yield render(item)
    })
  }

  /** The items of several lists, one list after the other. */
  static join(lists: readonly (JsonList | readonly unknown[])[]): JsonList {
    return new JsonList(function* () {
      for (const list of lists) yield* list instanceof JsonList ? list.items() : list
    })
  }
}

/** Sends a document as JSON, which is written in slices of time before the first byte is sent; not after a disconnect. */
export const sendJson = async (value: object, slices: Slices, response: ServerResponse): Promise<void> =>
  sendPieces(await jsonPieces(value, slices, () => response.destroyed), response)

/** The pieces of a JSON text with a line end, written in slices of time while it is wanted. */
export const jsonPieces = async (
  value: object,
  slices: Slices,
  isUnwanted: () => boolean = () => false
): Promise<readonly Buffer[]> => {
  const writer = new Writer()
  for (const text of textsOf(value)) {
    if (slices.isOver) await slices.next()
    if (isUnwanted()) return []
    writer.add(text)
  }
  writer.add('\n')
  return writer.pieces()
}

function* textsOf(value: unknown): Generator<string> {
  if (value instanceof JsonList) {
    yield* listTexts(value.items(), item => [JSON.stringify(item)])
    return
  }
  if (Array.isArray(value)) {
    yield* listTexts(value, textsOf)
    return
  }
  if (typeof value !== 'object' || value === null) {
    yield JSON.stringify(value)
    return
  }
  let before = '{'
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    yield `${before}${JSON.stringify(key)}:`
    yield* textsOf(member)
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}

function* listTexts<Item>(items: Iterable<Item>, write: (item: Item) => Iterable<string>): Generator<string> {
  let before = '['
  for (const item of items) {
    yield before
    yield* write(item)
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}

/** Characters of a piece. */
const pieceSize = 65_536

/** Joins texts to pieces for sending. */
class Writer {
  readonly #pieces: Buffer[] = []
  #text = ''

  add(text: string): void {
    this.#text += text
    if (this.#text.length >= pieceSize) this.#flush()
  }

  pieces(): readonly Buffer[] {
    this.#flush()
    return this.#pieces
  }

  #flush(): void {
    this.#pieces.push(Buffer.from(this.#text))
    this.#text = ''
  }
}

const sendPieces = (pieces: readonly Buffer[], response: ServerResponse): void => {
  if (response.destroyed) return
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': String(length) })
  const left = pieces[Symbol.iterator]()
  const sendNext = (): void => {
    for (let step = left.next(); !step.done; step = left.next())
      if (!response.write(step.value)) return void response.once('drain', sendNext)
    response.end()
  }
  sendNext()
}
