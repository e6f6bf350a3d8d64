import { authorization, Refused } from './api.js'

/** One event of the server's stream; `data` is read as JSON. */
export interface StreamEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: unknown
}

export interface StreamOptions {
  readonly space: string | undefined
  /** The last event that was heard of this server. */
  readonly lastId: string | undefined
  readonly signal: AbortSignal
  /** The stream is open; `started` tells one server from the one before it. */
  readonly onOpen: (started: string) => void
  readonly onEvent: (event: StreamEvent) => void
}

/**
 * Follows the events until the stream ends. An EventSource cannot send an Authorization header, so it is read by fetch. Throws a
 * Refused where the server refuses it, or a TypeError where the connection breaks.
 */
export const follow = async ({ space, lastId, signal, onOpen, onEvent }: StreamOptions): Promise<void> => {
  const response = await fetch(`events${space === undefined ? '' : `?space=${encodeURIComponent(space)}`}`, {
    headers: { ...authorization(), ...(lastId === undefined ? {} : { 'Last-Event-ID': lastId }) },
    cache: 'no-store',
    signal
  })
  if (!response.ok || !response.body) throw new Refused(response.status, await response.text())
  onOpen(response.headers.get('X-Mock-Started') ?? '')
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  const parse = createParser(onEvent)
  for (let part = await reader.read(); !part.done; part = await reader.read()) parse(part.value)
}

/** Takes the stream's text in pieces, cut anywhere. */
export const createParser = (onEvent: (event: StreamEvent) => void): ((text: string) => void) => {
  let rest = ''
  return text => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = eventOf(block)
      if (event) onEvent(event)
    }
  }
}

const eventOf = (block: string): StreamEvent | undefined => {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ')
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2))
  }
  const event = fields.get('event')
  const id = fields.get('id')
  if (event === undefined) return undefined
  return { id, event, data: JSON.parse(fields.get('data') ?? 'null') }
}
