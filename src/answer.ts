/** What goes back on the wire: a status, headers in their own letter case and order, and a body, if there is one. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** The answer with other headers over its own; a name in another letter case is the same name. */
export const withHeaders = (answer: Answer, over: Readonly<Record<string, string>>): Answer => {
  const names = new Set(Object.keys(over).map(name => name.toLowerCase()))
  const own = Object.entries(answer.headers).filter(([name]) => !names.has(name.toLowerCase()))
  return { ...answer, headers: { ...Object.fromEntries(own), ...over } }
}
