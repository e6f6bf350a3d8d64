import type { IncomingMessage } from 'node:http'
import { clipped, clippedHeaders, isTooLong, truncate } from '../base/truncate.js'
import type { Answer } from '../http/answer.js'
import { CompactEntry, type ExchangeNotes, ordinaryNotes } from '../journal/compact-entry.js'
import type { Entry } from '../journal/entry.js'
import { entryBytes, ownBytes } from '../journal/entry-size.js'
import type { Events } from '../journal/events.js'
import type { CountedRequest, Metrics } from '../journal/metrics.js'
import { answeredOutcome, outcomeOf } from '../journal/rendering.js'
import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import { findNearest, type UnmatchedHint } from '../product/unmatched.js'
import type { Space } from '../space/space.js'
import type { Exchange } from './exchange.js'

export interface RecorderOptions {
  readonly products: readonly Product[]
  readonly events: Events
  readonly metrics: Metrics
  readonly onExchange: ExchangeListener
  /** Called with errors thrown by any of these. */
  readonly failed: (error: unknown) => void
}

/** Told of each request, of what our own code threw on it, and of the exchange where it was a product's. */
export type ExchangeListener = (entry: Entry, bugs: readonly unknown[], exchange?: Exchange) => void

/** An unmatched request, and its response. */
export interface UnmatchedRequest {
  readonly request: Pick<IncomingMessage, 'method' | 'httpVersion' | 'rawHeaders'>
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

  /** Records a call to a product; `isOwn`: its client is one of this process. Never throws. */
  readonly recordExchange = (exchange: Exchange, isOwn = true): void => {
    const { call, answer } = exchange
    const { space, product, operation, request } = call
    const lost = operation ? nowhere : findNearest(request.method, request.url, this.#options.products, product)
    const isOrdinary = !exchange.rules && !exchange.failure && !exchange.left && !call.pretending && operation
    const notes = isOrdinary ? ordinaryNotes : notesOf(exchange, lost)
    const kept = isTooLong(answer.body) ? { ...answer, body: truncate(answer.body) } : answer
    const took = space.systemClock.elapsed() - call.started
    const entry = new CompactEntry(call, space.journal.fingerprints.of(call), kept, notes, took)
    if (space.underway.size > 0) space.underway.end(call)
    const facts = {
      product: product.name,
      operation: operation?.name ?? 'none',
      outcome: answeredOutcome(notes, answer.status),
      took,
      bytes: ownBytes(entry.login, kept.body, notes.why)
    }
    // Requests interrupted by a reset belong to no scenario any more.
    this.#record(entry, facts, call.isStale ? undefined : space, isOwn, exchange)
    for (const rule of notes.rules)
      this.#options.events.publish(space.name, { kind: 'rule', rule, request: call.number })
  }

  /** Records a request whose path is no product's, likewise. Never throws. */
  readonly recordUnmatched = (unmatched: UnmatchedRequest, space: Space, isOwn = true): void => {
    const { request, url, body, answer, left } = unmatched
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
    const facts = { product: 'none', operation: 'none', outcome: outcomeOf(entry), took: 0, bytes: entryBytes(entry) }
    this.#record(entry, facts, space, isOwn)
  }

  /** Keeps it in the journal of its space, counts it and tells of it; what the listener throws is none of the client's business. */
  #record(entry: Entry, facts: Facts, space: Space | undefined, isOwn: boolean, exchange?: Exchange): void {
    const { events, metrics, onExchange, failed } = this.#options
    try {
      if (space) {
        const dropped = space.journal.add(entry, facts.bytes)
        if (isOwn) metrics.count(facts, dropped)
        events.publish(space.name, { kind: 'request', entry })
      }
      if (isOwn) onExchange(entry, exchange ? exchange.bugs : noBugs, exchange)
    } catch (error) {
      failed(error)
    }
  }
}

/** What is counted of an entry: known already when it is made, and not read off it again. */
interface Facts extends CountedRequest {
  /** Approximate memory of the entry itself, in bytes. */
  readonly bytes: number
}

const noBugs: readonly unknown[] = []

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

const notesOf = ({ call, rules, failure, left }: Exchange, lost: UnmatchedHint): ExchangeNotes => {
  const { pretending } = call
  const why = failure?.detail.why
  return {
    fault: rules?.fault,
    left,
    pretended: pretending,
    rules: rules?.played ?? ordinaryNotes.rules,
    failure: failure?.kind,
    why: why && clippedFacts({ ...why, ...lost }),
    nearest: lost.nearest
  }
}

const clippedFacts = (why: Why): Why => {
  const long = Object.entries(why).filter(([, value]) => typeof value === 'string' && value !== clipped(value))
  return { ...why, ...Object.fromEntries(long.map(([name, value]) => [name, clipped(String(value))])) }
}
