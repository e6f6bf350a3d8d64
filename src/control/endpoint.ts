import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { JSONSchema } from 'json-schema-to-ts'
import type { Answer } from '../http/answer.js'
import type { Event, Events } from '../journal/events.js'
import type { Metrics } from '../journal/metrics.js'
import type { Product } from '../product/product.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import type { Space } from '../space/space.js'
import type { Spaces } from '../space/spaces.js'
import type { SystemClock } from '../state/clock.js'

/** What of the running server the control API can see and steer. */
export interface ControlContext {
  readonly version: string
  readonly products: readonly Product[]
  /** Its own paths. */
  readonly endpoints: readonly Endpoint[]
  /** Serves a product alone, in a space with the settings of this one where nothing takes time: for examples of its answers. */
  readonly isolate: (product: Product, space: Space) => IsolatedProduct
  readonly spaces: Spaces
  readonly events: Events
  readonly metrics: Metrics
  /** The scenario that the server was started with. */
  readonly scenario: Scenario
  readonly catalog: ScenarioLookup
  readonly systemClock: SystemClock
  /** When the server began, in milliseconds that only grow. */
  readonly began: number
  /** The same by the real time, in Unix milliseconds. */
  readonly startedAt: number
  /** Where products are found, by name: scheme, host and port, as far as the listeners are known. */
  readonly urls: Map<string, string>
  /** The folder of the built dashboard; left out where there is none. */
  readonly dashboard: string | undefined
  /** The certificate of the authority that was made here for HTTPS, PEM. */
  readonly ca: string | undefined
  /** Passwords and tokens are shown whole. */
  readonly showSecrets: boolean
  readonly journal: number
  readonly waiting: { count: number }
  /** Events as their listeners hear them: written once for all. */
  readonly written: WeakMap<Event, string>
  /** Left out, this process alone holds the spaces. */
  readonly replication?: ControlReplication | undefined
  /** Called with an error of our own code. */
  readonly bug: (error: unknown) => void
  /** Called after a change. */
  readonly steered: (words: string, facts: Readonly<Record<string, unknown>>) => void
}

/** Where several processes hold the same spaces: what the control API has to ask before it looks, and how it changes them. */
export interface ControlReplication {
  /** When the oldest of the processes began, in Unix milliseconds. */
  readonly startedAt: number
  /** How many events a space has told of. */
  eventsOf(space: string): number
  /** Why requests cannot be answered at this moment; undefined where they can. */
  readonly trouble: string | undefined
  /** Brings the spaces that a request is about up to date; `makes`: one that is not there begins. Throws a Problem where that cannot be done. */
  prepare(endpoint: Endpoint, space: string | undefined, makes: boolean): Promise<void>
  /** Runs a request, in every process where it changes something. */
  run(endpoint: Endpoint, ask: ControlRequest): unknown
  /** The space of that name, and whether it is new. */
  make(name: string): Promise<{ readonly space: Space; readonly isNew: boolean }>
  /** A new space of that name that goes on from the state of another one, with `rows` from its journal too. */
  fork(source: Space, to: string, rows: boolean): Promise<Space>
  /** Keeps up with what happens in a space, or in all, until what it gives is called. */
  follow(space: string | undefined): Promise<() => void>
}

export interface IsolatedProduct {
  readonly handle: (request: IncomingMessage, response: ServerResponse, role: { readonly product: Product }) => void
  close(): void
}

/** A request to the control API, checked. */
export interface ControlRequest {
  readonly context: ControlContext
  /** The space that it names; the default one where it names none. */
  readonly space: Space
  /** The space that it names; all where it names none. */
  readonly spaces: readonly Space[]
  /** It names a space. */
  readonly scoped: boolean
  readonly query: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, string>>
  readonly body: unknown
  /** The body before it was read: JSON, or a text. */
  readonly sent: unknown
  readonly headers: IncomingHttpHeaders
  /** Scheme and host by which it has reached the server. */
  readonly origin: string
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal
}

/** An answer that is no JSON value: other types, streams. */
export class StreamResponse {
  constructor(readonly send: (reply: ServerResponse) => void) {}
}

/** One path of the control API: described, checked and done in one place. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/__admin`; `{name}` is a parameter. */
  readonly path: string
  readonly summary: string
  /** The query parameters that it takes beside `space`, each with its schema. */
  readonly query?: Readonly<Record<string, JSONSchema>>
  /** It makes the space that it names, as a first request would; left out, a space that is not there is refused. */
  readonly makes?: true
  /**
   * It changes something: in the space that it names or else the default one, or in each of its spaces; or it looks, and by that
   * notices whose time is over.
   */
  readonly changes?: 'one' | 'each' | 'notices'
  /** It is answered also where a store cannot be reached. */
  readonly stateless?: true
  /** It changes what clients see, which is logged. */
  readonly steers?: true
  /** The JSON that it takes; left out, it takes none. */
  readonly body?: JSONSchema
  /** Checks the JSON in place of the schema, or the text, before a space is made for it, and gives what it becomes. Throws a Problem. */
  readonly read?: (body: unknown, context: ControlContext) => Promise<unknown>
  /** Bytes that its body may have, where the server's own limit is lower. */
  readonly bodyLimit?: number
  /** The body may be any text: it reads it itself. */
  readonly text?: true
  readonly answers: Readonly<
    Record<number, { readonly description: string; readonly type?: string; readonly schema?: object }>
  >
  /** Open to those who have no token. */
  readonly open?: true
  /** A JSON value for 200, an Answer, or a StreamResponse; throws a Problem. */
  run(ask: ControlRequest): unknown
}

export const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && 'status' in value && 'headers' in value
