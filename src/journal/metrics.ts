import { getOrCreate } from '../base/collections.js'
import type { Slices } from '../base/slices.js'
import type { Product } from '../product/product.js'
import { type Bounds, boundedResources } from '../session/space-values.js'
import type { Metric } from './metrics-library.js'

/** Upper bounds of the histogram, in seconds. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const labelNames = ['product', 'operation', 'outcome'] as const

type Labels = Readonly<Record<(typeof labelNames)[number], string>>

/** A request for the counters; a label is `none` if no product or operation matched. */
export interface CountedRequest extends Labels {
  /** Milliseconds from arrival to response. */
  readonly took: number
}

/** The counters of one combination of labels. */
class Series {
  count = 0
  seconds = 0
  /** Number of requests per bucket, not cumulative. The last bucket has no upper bound. */
  readonly #buckets = [...bounds, Number.POSITIVE_INFINITY].map(() => 0)

  constructor(readonly labels: Labels) {}

  add(seconds: number): void {
    let bucket = 0
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    this.count += 1
    this.seconds += seconds
  }

  /** Cumulative buckets, as Prometheus expects. */
  values(name: string) {
    let sum = 0
    const buckets = this.#buckets.map((count, index) => {
      sum += count
      return { metricName: `${name}_bucket`, labels: { le: bounds[index] ?? '+Inf', ...this.labels }, value: sum }
    })
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: this.labels, value: this.seconds },
      { metricName: `${name}_count`, labels: this.labels, value: this.count }
    ]
  }
}

/** The spaces that the metrics read. */
interface CountedSpaces {
  list(): readonly { countSessions(product: string): number }[]
}

interface MetricsOptions {
  readonly spaces: CountedSpaces
  readonly products: readonly Product[]
  readonly bounds: Bounds
  readonly slices: Slices
}

/** Metrics for Prometheus. A request costs a few additions; the library is loaded on the first scrape. */
export class Metrics {
  readonly #options: MetricsOptions
  readonly #series: Series[] = []
  /** By product, operation and outcome. Three lookups are faster than joining the names. */
  readonly #byName = new Map<string, Map<string, Map<string, Series>>>()
  #dropped = 0

  constructor(options: MetricsOptions) {
    this.#options = options
  }

  /** `dropped`: entries dropped from journals for this one. */
  count({ product, operation, outcome, took }: CountedRequest, dropped: number): void {
    const series =
      this.#byName.get(product)?.get(operation)?.get(outcome) ?? this.#begin({ product, operation, outcome })
    series.add(took / 1000)
    this.#dropped += dropped
  }

  #begin(labels: Labels): Series {
    const series = new Series(labels)
    const byOperation = getOrCreate(this.#byName, labels.product, () => new Map<string, Map<string, Series>>())
    getOrCreate(byOperation, labels.operation, () => new Map<string, Series>()).set(labels.outcome, series)
    this.#series.push(series)
    return series
  }

  /** The metrics in the Prometheus text format, and their media type. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    const { formatMetrics } = await import('./metrics-library.js')
    const spaces = this.#options.spaces.list()
    return formatMetrics([await this.#openSessions(spaces), numberOfSpaces(spaces.length), ...this.#counted()])
  }

  #counted(): Metric[] {
    const { bounds } = this.#options
    const seconds = 'session_mock_request_duration_seconds'
    return [
      {
        name: 'session_mock_requests_total',
        help: 'Requests by outcome.',
        type: 'counter',
        values: this.#series.map(({ labels, count }) => ({ labels, value: count }))
      },
      {
        name: 'session_mock_journal_dropped_total',
        help: 'Requests dropped from journals for newer ones.',
        type: 'counter',
        values: [{ labels: {}, value: this.#dropped }]
      },
      {
        name: 'session_mock_evicted_total',
        help: 'Spaces, open sessions and names removed at their limits.',
        type: 'counter',
        values: boundedResources.map(kind => ({ labels: { kind }, value: bounds.dropped(kind) }))
      },
      {
        name: seconds,
        help: 'Time from the arrival of a request to its response.',
        type: 'histogram',
        values: this.#series.flatMap(series => series.values(seconds))
      }
    ]
  }

  /** Open sessions of each product, in all spaces. */
  async #openSessions(spaces: ReturnType<CountedSpaces['list']>): Promise<Metric> {
    const { products, slices } = this.#options
    const names = products.map(({ name }) => name)
    const counts = names.map(() => 0)
    // No object is created per space: with many spaces, garbage collection would take longer than counting.
    for (const space of spaces) {
      if (slices.isOver) await slices.next()
      for (let index = 0; index < names.length; index += 1) {
        counts[index] = (counts[index] ?? 0) + space.countSessions(names[index] ?? '')
      }
    }
    return {
      name: 'session_mock_open_sessions',
      help: 'Open sessions by product.',
      type: 'gauge',
      values: names.map((product, index) => ({ labels: { product }, value: counts[index] ?? 0 }))
    }
  }
}

const numberOfSpaces = (value: number): Metric => ({
  name: 'session_mock_spaces',
  help: 'Spaces.',
  type: 'gauge',
  values: [{ labels: {}, value }]
})
