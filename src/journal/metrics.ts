import type { Counter, Histogram, Registry } from 'prom-client'
import type { Product } from '../product.js'
import type { Spaces } from '../spaces.js'
import type { Entry } from './journal.js'
import { outcomeOf } from './row.js'

/** A request, and whether another one had to leave the journal for it. */
interface Counted {
  readonly entry: Entry
  readonly dropped: boolean
}

interface Instruments {
  readonly registry: Registry
  readonly requests: Counter
  readonly seconds: Histogram
  readonly dropped: Counter
}

/** Numbers for Prometheus. The library is loaded after the first request, not at the start; what came before waits. */
export class Metrics {
  readonly #spaces: Spaces
  readonly #products: readonly Product[]
  #instruments: Instruments | undefined
  #loading: Promise<Instruments> | undefined
  #waiting: Counted[] = []

  constructor(spaces: Spaces, products: readonly Product[]) {
    this.#spaces = spaces
    this.#products = products
  }

  /** `dropped`: another request had to leave the journal for it. */
  count(entry: Entry, dropped: boolean): void {
    if (this.#instruments) return void observe(this.#instruments, { entry, dropped })
    this.#waiting.push({ entry, dropped })
    void this.#load()
  }

  /** The text that Prometheus reads, and its type. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    const { registry } = await this.#load()
    return { type: registry.contentType, body: await registry.metrics() }
  }

  #load(): Promise<Instruments> {
    this.#loading ??= createInstruments(this.#spaces, this.#products).then(instruments => {
      this.#instruments = instruments
      for (const counted of this.#waiting) observe(instruments, counted)
      this.#waiting = []
      return instruments
    })
    return this.#loading
  }
}

const labels = ['product', 'operation', 'outcome'] as const

const observe = ({ requests, seconds, dropped }: Instruments, counted: Counted): void => {
  const { entry } = counted
  const values = { product: entry.product ?? 'none', operation: entry.operation ?? 'none', outcome: outcomeOf(entry) }
  requests.inc(values)
  seconds.observe(values, entry.took / 1000)
  if (counted.dropped) dropped.inc()
}

const createInstruments = async (spaces: Spaces, products: readonly Product[]): Promise<Instruments> => {
  const { Counter, Gauge, Histogram, Registry } = await import('./metrics-library.js')
  const registry = new Registry()
  const registers = [registry]
  new Gauge({
    name: 'session_mock_open_sessions',
    help: 'Sessions that are open, by product.',
    labelNames: ['product'],
    registers,
    async collect() {
      this.reset()
      for (const { name: product } of products)
        for (const { sessions, clock } of spaces.list())
          this.inc({ product }, await sessions.count(product, clock.now()))
    }
  })
  new Gauge({
    name: 'session_mock_spaces',
    help: 'Spaces that there are.',
    registers,
    collect() {
      this.set(spaces.list().length)
    }
  })
  return {
    registry,
    requests: new Counter({
      name: 'session_mock_requests_total',
      help: 'Requests, by what became of them.',
      labelNames: labels,
      registers
    }),
    dropped: new Counter({
      name: 'session_mock_journal_dropped_total',
      help: 'Requests that have left a journal for newer ones.',
      registers
    }),
    seconds: new Histogram({
      name: 'session_mock_request_duration_seconds',
      help: 'From the arrival of a request to its answer.',
      labelNames: labels,
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers
    })
  }
}
