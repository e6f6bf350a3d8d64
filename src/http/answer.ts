/** Response headers in order, with the letter case of the wire; a list is sent as repeated headers. */
export type Headers = Readonly<Record<string, string | readonly string[]>>

/** A response: status, headers and optional body. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Headers of every response of the product, sent after `headers`; merging both for each response would cost time. */
  readonly always?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** All headers of a response. */
export const headersOf = ({ headers, always }: Answer): Headers => (always ? { ...headers, ...always } : headers)

/** The header lines of a response: one for each value. */
export const headerLines = (answer: Answer): [name: string, value: string][] =>
  Object.entries(headersOf(answer)).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each])
  )

/** The response with some headers replaced or added; letter case of names does not matter. */
export const withHeaders = (answer: Answer, changes: Headers): Answer => {
  const current = headersOf(answer)
  const names: string[] = []
  for (const name in changes) names.push(name.toLowerCase())
  const headers: Record<string, string | readonly string[]> = {}
  for (const name in current) if (!names.includes(name.toLowerCase())) headers[name] = current[name] ?? ''
  for (const name in changes) headers[name] = changes[name] ?? ''
  return { status: answer.status, headers, body: answer.body }
}
