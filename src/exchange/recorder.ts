import type { IncomingMessage } from 'node:http'
import { clipped, clippedHeaders, isTooLong, truncate } from '../base/truncate.js'
import type { Answer } from '../http/response.js'
import { CompactEntry, type Entry, type ExchangeNotes, entryBytes, ordinaryNotes, ownBytes } from '../journal/entry.js'
import type { Events } from '../journal/events.js'
import type { CountedRequest, Metrics } from '../journal/metrics.js'
import { answeredOutcome, outcomeOf } from '../journal/rendering.js'
import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import { findNearest, type UnmatchedHint } from '../product/routes.js'
import type { Space } from '../space/space.js'
import type { Exchange } from './answer.js'

interface RecorderOptions {
  readonly products: readonly Product[]
  readonly events: Events
  readonly metrics: Metrics
  readonly onExchange: ExchangeListener
  /** Called with errors thrown by any of these. */
  readonly failed: (error: unknown) => void
}

/** Called for each request, with errors thrown by bugs, and with the exchange of a request to a product. */
export type ExchangeListener = (entry: Entry, bugs: readonly unknown[], exchange?: Exchange) => void

/** An unmatched request, and its response. */
export interface UnmatchedRequest {
  readonly request: Pick<IncomingMessage, 'method' | 'httpVersion' | 'rawHeaders'>
  /** Path and query, without the prefix of a space. */
  readonly url: string
  readonly body: string | undefined
  readonly answer: Answer
  /** The client disconnected before the response. */
  readonly left: boolean
}

/** Records each request before the first byte of its response is sent: in the journal, metrics and events. */
export class Recorder {
  readonly #options: RecorderOptions

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /** Records a call to a product. `isOwn`: the client is connected to this process. Never throws. */
  readonly recordExchange = (exchange: Exchange, isOwn = true): void => {
    const { call, answer } = exchange
    const { space, product, operation, request } = call
    const hint = operation ? noHint : findNearest(request.method, request.url, this.#options.products, product)
    const isOrdinary = !exchange.rules && !exchange.failure && !exchange.left && !call.pretending && operation
    const notes = isOrdinary ? ordinaryNotes : notesOf(exchange, hint)
    const stored = isTooLong(answer.body) ? { ...answer, body: truncate(answer.body) } : answer
    const took = space.systemClock.elapsed() - call.started
    const entry = new CompactEntry(call, space.journal.fingerprints.of(call), stored, notes, took)
    if (space.underway.size > 0) space.underway.end(call)
    const facts = {
      product: product.name,
      operation: operation?.name ?? 'none',
      outcome: answeredOutcome(notes, answer.status),
      took,
      bytes: ownBytes(entry.login, stored.body, notes.why)
    }
    // Requests interrupted by a reset belong to no scenario.
    this.#record(entry, facts, call.isStale ? undefined : space, isOwn, exchange)
    for (const rule of notes.rules)
      this.#options.events.publish(space.name, { kind: 'rule', rule, request: call.number })
  }

  /** Records a request to a path of no product. Never throws. */
  readonly recordUnmatched = (unmatched: UnmatchedRequest, space: Space, isOwn = true): void => {
    const { request, url, body, answer, left } = unmatched
    const hint = findNearest(request.method ?? '', url, this.#options.products)
    const recordedAt = space.systemClock.now()
    const entry: Entry = {
      ...noSession,
      number: space.nextNumber(),
      at: space.clock.at(recordedAt),
      recordedAt,
      space: space.name,
      secrets: space.secrets,
      method: request.method ?? '',
      url: clipped(url),
      httpVersion: request.httpVersion,
      headers: clippedHeaders(request.rawHeaders),
      body: truncate(body),
      answer,
      left,
      ...(reasons[answer.status] ?? { failure: 'not-found', why: { reason: 'unknown-path', ...hint } }),
      nearest: hint.nearest
    }
    const facts = { product: 'none', operation: 'none', outcome: outcomeOf(entry), took: 0, bytes: entryBytes(entry) }
    this.#record(entry, facts, space, isOwn)
  }

  /** Adds the entry to journal, metrics and events. Errors of the listener do not affect the response. */
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

/** Why a request is refused before its path is looked at, by the status of its response. */
const reasons: Readonly<Record<number, Pick<Entry, 'failure' | 'why'>>> = {
  417: { failure: 'bad-request', why: { reason: 'unmet-expectation' } },
  501: { failure: 'bad-request', why: { reason: 'no-proxy' } }
}

/** The counted facts of an entry, known at its creation. */
interface Facts extends CountedRequest {
  /** Approximate memory of the entry itself, in bytes. */
  readonly bytes: number
}

const noBugs: readonly unknown[] = []

const noSession = {
  ...ordinaryNotes,
  product: undefined,
  operation: undefined,
  login: undefined,
  token: undefined,
  session: undefined,
  took: 0
}

const noHint: UnmatchedHint = {}

const notesOf = ({ call, rules, failure, left }: Exchange, hint: UnmatchedHint): ExchangeNotes => {
  const { pretending } = call
  const why = failure?.detail.why
  return {
    fault: rules?.fault,
    left,
    pretended: pretending,
    rules: rules?.played ?? ordinaryNotes.rules,
    failure: failure?.kind,
    why: why && clippedFacts({ ...why, ...hint }),
    nearest: hint.nearest
  }
}

const clippedFacts = (why: Why): Why => {
  const long = Object.entries(why).filter(([, value]) => typeof value === 'string' && value !== clipped(value))
  return { ...why, ...Object.fromEntries(long.map(([name, value]) => [name, clipped(String(value))])) }
}
