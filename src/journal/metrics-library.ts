import { AggregatorRegistry } from 'prom-client'

/** A metric with its values, in the JSON form of prom-client. */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly values: readonly {
    readonly labels: Readonly<Record<string, string | number>>
    readonly value: number
    /** If different from the name of the metric, as in a histogram. */
    readonly metricName?: string
  }[]
}

/** Formats metrics for Prometheus; `type` is the media type. */
export const formatMetrics = async (
  metrics: readonly Metric[]
): Promise<{ readonly type: string; readonly body: string }> => {
  const registry = AggregatorRegistry.aggregate([metrics.map(metric => ({ ...metric, aggregator: 'first' }))])
  return { type: registry.contentType, body: await registry.metrics() }
}
