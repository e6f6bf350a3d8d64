import type { OverlayCondition } from '../overlay/overlay-document.js'

/** An answer as it was received; headers in their own letter case, those of one name joined by a comma. */
export interface ReceivedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What the mock knows of its answer. */
  readonly facts?: OverlayCondition
}

/** Headers of the connection, of proxies and of the software of a server: no part of a product. */
const transportHeaders = new Set([
  'age',
  'alt-svc',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'nel',
  'preference-applied',
  'proxy-connection',
  'report-to',
  'server',
  'server-timing',
  'trailer',
  'transfer-encoding',
  'vary',
  'via',
  'x-cache',
  'x-powered-by',
  'x-served-by'
])

/** The headers that a product sends, by lower-case name. */
export const productHeaders = (
  headers: Readonly<Record<string, string>>
): ReadonlyMap<string, { readonly name: string; readonly value: string }> =>
  new Map(
    Object.entries(headers)
      .filter(([name]) => !transportHeaders.has(name.toLowerCase()))
      .map(([name, value]) => [name.toLowerCase(), { name, value }])
  )
