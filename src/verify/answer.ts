import type { OverlayCondition } from '../overlay/overlay-document.js'

/** A received response. Header names keep their letter case; values of the same name are joined by commas. */
export interface ReceivedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Facts about a response of the mock. */
  readonly facts?: OverlayCondition
}

/** Headers of the connection, of proxies and of server software, which do not belong to a product. */
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

/** The headers of the product, by lower-case name. */
export const productHeaders = (
  headers: Readonly<Record<string, string>>
): ReadonlyMap<string, { readonly name: string; readonly value: string }> =>
  new Map(
    Object.entries(headers)
      .filter(([name]) => !transportHeaders.has(name.toLowerCase()))
      .map(([name, value]) => [name.toLowerCase(), { name, value }])
  )

/** The value of a header; its name in lower case. */
export const headerOf = ({ headers }: Pick<ReceivedAnswer, 'headers'>, name: string): string | undefined =>
  Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1]
