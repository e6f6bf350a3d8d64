/** What goes back on the wire: a status, headers in their own letter case and order, and a body, if there is one. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Headers that the product puts on every answer, after its own: kept apart, as few ever need both in one. */
  readonly always?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** All headers of the answer. */
export const headersOf = ({ headers, always }: Answer): Readonly<Record<string, string>> =>
  always ? { ...headers, ...always } : headers

/** The answer with other headers over its own; a name in another letter case is the same name. */
export const withHeaders = ({ always, ...answer }: Answer, over: Readonly<Record<string, string>>): Answer => {
  const names = new Set(Object.keys(over).map(name => name.toLowerCase()))
  const own = Object.entries(headersOf({ ...answer, always })).filter(([name]) => !names.has(name.toLowerCase()))
  return { ...answer, headers: { ...Object.fromEntries(own), ...over } }
}
