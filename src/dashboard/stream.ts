import { authorization, RefusedError } from './api.js'

/** An event of the stream; `data` is parsed JSON. */
export interface StreamEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: unknown
}

interface StreamOptions {
  readonly space: string | undefined
  /** Id of the last event received from this server. */
  readonly lastId: string | undefined
  readonly signal: AbortSignal
  /** Called when the stream is open; `started` identifies the server process. */
  readonly onOpen: (started: string) => void
  readonly onEvent: (event: StreamEvent) => void
}

/**
 * Follows the events until the stream ends. EventSource cannot send an Authorization header, so this uses fetch. Throws a
 * RefusedError, or a TypeError if the connection breaks.
 */
export const follow = async ({ space, lastId, signal, onOpen, onEvent }: StreamOptions): Promise<void> => {
  const response = await fetch(`events${space === undefined ? '' : `?space=${encodeURIComponent(space)}`}`, {
    headers: { ...authorization(), ...(lastId === undefined ? {} : { 'Last-Event-ID': lastId }) },
    cache: 'no-store',
    signal
  })
  if (!response.ok || !response.body) throw new RefusedError(response.status, await response.text())
  onOpen(response.headers.get('X-Mock-Started') ?? '')
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  const parse = createParser(onEvent)
  for (let part = await reader.read(); !part.done; part = await reader.read()) parse(part.value)
}

/** Parses the stream from pieces of text, split anywhere. */
const createParser = (onEvent: (event: StreamEvent) => void): ((text: string) => void) => {
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
