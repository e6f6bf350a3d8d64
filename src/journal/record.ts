import type { IncomingMessage } from 'node:http'
import type { Answer } from '../answer.js'
import { type Astray, astray } from '../astray.js'
import type { Call } from '../call.js'
import type { Outcome, Witness } from '../exchange.js'
import type { Why } from '../failure.js'
import type { Product } from '../product.js'
import type { Space } from '../space.js'
import { clipped, clippedHeaders, cut, isLong } from './cut.js'
import type { Events } from './events.js'
import type { Entry } from './journal.js'
import type { Metrics } from './metrics.js'
import { type Fate, Packed, wentWell } from './packed.js'

export interface RecorderOptions {
  readonly products: readonly Product[]
  readonly events: Events
  readonly metrics: Metrics
  /** Told of each call besides. */
  readonly witness: Witness
  readonly told: Told
  /** Told what any of these threw. */
  readonly failed: (error: unknown) => void
}

/** Told of each request, and of what our own code threw on it. */
export type Told = (entry: Entry, bugs: readonly unknown[]) => void

/** A request that no product knew, and what was answered. */
export interface Stray {
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

  readonly call: Witness = (call, answer, outcome) => {
    const { space, product, operation, request } = call
    const { products } = this.#options
    const lost = operation ? nowhere : astray(request.method, request.url, products, product)
    const entry = new Packed(call, space.journal.sent.of(call), shortened(answer), fateOf(call, outcome, lost))
    // What a reset has cut off belongs to no story any more.
    if (!call.isStale) this.#keep(space, entry)
    this.#tell(entry, outcome.bugs)
    for (const rule of outcome.turn?.played ?? [])
      this.#options.events.tell(space.name, { kind: 'rule', rule, request: call.number })
    this.#options.witness(call, answer, outcome)
  }

  /** A request whose path is no product's. */
  stray({ request, url, body, answer, left }: Stray, space: Space): void {
    const lost = astray(request.method ?? '', url, this.#options.products)
    const entry: Entry = {
      ...nobody,
      number: space.nextNumber(),
      at: space.clock.now(),
      wall: space.wall.now(),
      space: space.name,
      secrets: space.secrets,
      method: request.method ?? '',
      url: clipped(url),
      httpVersion: request.httpVersion,
      headers: clippedHeaders(request.rawHeaders),
      body: cut(body),
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
    events.tell(space.name, { kind: 'request', entry })
  }

  #tell(entry: Entry, bugs: readonly unknown[]): void {
    try {
      this.#options.told(entry, bugs)
    } catch (error) {
      this.#options.failed(error)
    }
  }
}

const nobody = {
  ...wentWell,
  product: undefined,
  operation: undefined,
  login: undefined,
  token: undefined,
  session: undefined,
  took: 0
}

const nowhere: Astray = {}

const fateOf = (call: Call, { turn, failure, left }: Outcome, lost: Astray): Fate => {
  const { pretending } = call
  if (!turn && !failure && !left && !pretending && lost === nowhere) return wentWell
  const why = failure?.detail.why
  return {
    fault: turn?.fault,
    left,
    pretended: pretending,
    rules: turn?.played ?? wentWell.rules,
    failure: failure?.kind,
    why: why && clippedFacts({ ...why, ...lost }),
    nearest: lost.nearest
  }
}

const clippedFacts = (why: Why): Why => {
  const long = Object.entries(why).filter(([, value]) => typeof value === 'string' && value !== clipped(value))
  return { ...why, ...Object.fromEntries(long.map(([name, value]) => [name, clipped(String(value))])) }
}

const shortened = (answer: Answer): Answer => (isLong(answer.body) ? { ...answer, body: cut(answer.body) } : answer)
