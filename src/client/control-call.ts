import { URLSearchParams } from '../base/node-globals.js'
import { readReply } from './control-error.js'
import type { Duration, Search } from './shapes.js'
import type { Transport } from './transport.js'

/** Calls a path below `/__admin`. The caller determines the type of the response. */
export type ControlCall = <Answer>(method: string, path: string, input?: ControlInput) => Promise<Answer>

export const createControlCall =
  (transport: Transport, space: string | undefined): ControlCall =>
  async <Answer>(method: string, path: string, { query, body }: ControlInput = {}) => {
    const named = Object.entries({ ...query }).filter((pair): pair is [string, string] => pair[1] !== undefined)
    const search = named.length === 0 ? '' : `?${new URLSearchParams(named)}`
    const json = typeof body === 'object'
    const reply = await transport.control({
      method,
      // A space in the path is created; a missing one in the query is refused.
      url: `${space === undefined ? '' : `/~${space}`}/__admin${path}${search}`,
      headers: body === undefined ? {} : { 'content-type': json ? 'application/json' : 'text/plain' },
      payload: json ? JSON.stringify(body) : body
    })
    return readReply<Answer>(reply)
  }

interface ControlInput {
  readonly query?: Readonly<Record<string, string | undefined>>
  /** A string is sent as it is, an object as JSON. */
  readonly body?: object | string
}

/** A search as the JSON of the control API. */
export const searchBody = <Kind extends Search>({ slower, ...search }: Kind) => ({
  ...search,
  slower: durationText(slower)
})

export const durationText = (duration: Duration | undefined): string | undefined =>
  typeof duration === 'number' ? `${duration}ms` : duration
