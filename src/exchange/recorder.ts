import type { IncomingMessage } from 'node:http'
import { clipped, clippedHeaders, isTooLong, truncate } from '../base/truncate.js'
import type { Answer } from '../http/answer.js'
import { CompactEntry, type ExchangeNotes, ordinaryNotes } from '../journal/compact-entry.js'
import type { Entry } from '../journal/entry.js'
import type { Events } from '../journal/events.js'
import type { Metrics } from '../journal/metrics.js'
import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import { findNearest, type UnmatchedHint } from '../product/unmatched.js'
import type { Space } from '../space/space.js'
import type { ProductCall } from './call.js'
import type { ExchangeListener, ExchangeOutcome } from './exchange.js'

export interface RecorderOptions {
  readonly products: readonly Product[]
  readonly events: Events
  readonly metrics: Metrics
  /** Told of each call besides. */
  readonly onExchange: ExchangeListener
  readonly onEntry: EntryListener
  /** Told what any of these threw. */
  readonly failed: (error: unknown) => void
}

/** Told of each request, and of what our own code threw on it. */
export type EntryListener = (entry: Entry, bugs: readonly unknown[]) => void

/** A request that no product knew, and what was answered. */
export interface UnmatchedRequest {
  readonly request: IncomingMessage
  /** Path and query, without the prefix of a space. */
  readonly url: string
  readonly body: string | undefined
  readonly answer: Answer
  /** Its client had gone before there was an answer. */
  readonly left: boolean
}

/** Writes down every request to a product before the first byte of its answer leaves. */
export class Recorder {
  readonly #options: RecorderOptions

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  readonly recordExchange: ExchangeListener = (call, answer, outcome) => {
    const { space, product, operation, request } = call
    const { products } = this.#options
    const lost = operation ? nowhere : findNearest(request.method, request.url, products, product)
    const entry = new CompactEntry(
      call,
      space.journal.fingerprints.of(call),
      shortened(answer),
      fateOf(call, outcome, lost)
    )
    // What a reset has cut off belongs to no scenario any more.
    if (!call.isStale) this.#keep(space, entry)
    this.#tell(entry, outcome.bugs)
    for (const rule of outcome.turn?.played ?? [])
      this.#options.events.publish(space.name, { kind: 'rule', rule, request: call.number })
    this.#options.onExchange(call, answer, outcome)
  }

  /** A request whose path is no product's. */
  recordUnmatched({ request, url, body, answer, left }: UnmatchedRequest, space: Space): void {
    const lost = findNearest(request.method ?? '', url, this.#options.products)
    const entry: Entry = {
      ...nobody,
      number: space.nextNumber(),
      at: space.clock.now(),
      recordedAt: space.systemClock.now(),
      space: space.name,
      secrets: space.secrets,
      method: request.method ?? '',
      url: clipped(url),
      httpVersion: request.httpVersion,
      headers: clippedHeaders(request.rawHeaders),
      body: truncate(body),
      answer,
      left,
      failure: 'not-found',
      why: { reason: 'unknown-path', ...lost },
      nearest: lost.nearest
    }
    this.#keep(space, entry)
    this.#tell(entry, [])
  }

  #keep(space: Space, entry: Entry): void {
    const { events, metrics, failed } = this.#options
    const dropped = space.journal.add(entry)
    try {
      metrics.count(entry, dropped)
    } catch (error) {
      failed(error)
    }
    events.publish(space.name, { kind: 'request', entry })
  }

  #tell(entry: Entry, bugs: readonly unknown[]): void {
    try {
      this.#options.onEntry(entry, bugs)
    } catch (error) {
      this.#options.failed(error)
    }
  }
}

const nobody = {
  ...ordinaryNotes,
  product: undefined,
  operation: undefined,
  login: undefined,
  token: undefined,
  session: undefined,
  took: 0
}

const nowhere: UnmatchedHint = {}

const fateOf = (call: ProductCall, { turn, failure, left }: ExchangeOutcome, lost: UnmatchedHint): ExchangeNotes => {
  const { pretending } = call
  if (!turn && !failure && !left && !pretending && lost === nowhere) return ordinaryNotes
  const why = failure?.detail.why
  return {
    fault: turn?.fault,
    left,
    pretended: pretending,
    rules: turn?.played ?? ordinaryNotes.rules,
    failure: failure?.kind,
    why: why && clippedFacts({ ...why, ...lost }),
    nearest: lost.nearest
  }
}

const clippedFacts = (why: Why): Why => {
  const long = Object.entries(why).filter(([, value]) => typeof value === 'string' && value !== clipped(value))
  return { ...why, ...Object.fromEntries(long.map(([name, value]) => [name, clipped(String(value))])) }
}

const shortened = (answer: Answer): Answer =>
  isTooLong(answer.body) ? { ...answer, body: truncate(answer.body) } : answer
