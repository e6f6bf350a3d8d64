import { AggregatorRegistry } from 'prom-client'

/** A metric with its values, as the library gives and takes them in JSON. */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly values: readonly {
    readonly labels: Readonly<Record<string, string | number>>
    readonly value: number
    /** Where it is another than that of the metric, as in a histogram. */
    readonly metricName?: string
  }[]
}

/** What was counted elsewhere, as text for Prometheus, and its type. */
export const formatMetrics = async (
  metrics: readonly Metric[]
): Promise<{ readonly type: string; readonly body: string }> => {
  const registry = AggregatorRegistry.aggregate([metrics.map(metric => ({ ...metric, aggregator: 'first' }))])
  return { type: registry.contentType, body: await registry.metrics() }
}
