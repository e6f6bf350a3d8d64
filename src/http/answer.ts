/** Headers in their own letter case and order; a list is sent as so many headers of one name. */
export type Headers = Readonly<Record<string, string | readonly string[]>>

/** What goes back on the wire: a status, headers, and a body, if there is one. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Headers that the product puts on every answer, after its own: kept apart, as few ever need both in one. */
  readonly always?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** All headers of the answer. */
export const headersOf = ({ headers, always }: Answer): Headers => (always ? { ...headers, ...always } : headers)

/** Each header of the answer with its value; those with a list have so many lines. */
export const headerLines = (answer: Answer): [name: string, value: string][] =>
  Object.entries(headersOf(answer)).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each])
  )

/** The answer with other headers over its own; a name in another letter case is the same name. */
export const withHeaders = (answer: Answer, over: Headers): Answer => {
  const own = headersOf(answer)
  const names: string[] = []
  for (const name in over) names.push(name.toLowerCase())
  const headers: Record<string, string | readonly string[]> = {}
  for (const name in own) if (!names.includes(name.toLowerCase())) headers[name] = own[name] ?? ''
  for (const name in over) headers[name] = over[name] ?? ''
  return { status: answer.status, headers, body: answer.body }
}
