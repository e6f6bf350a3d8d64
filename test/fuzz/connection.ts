import { connect } from 'node:net'
import { readResponses } from './responses.js'

export const endings = ['wait', 'half-close', 'abort', 'read-late'] as const
export type Ending = (typeof endings)[number]

export interface Conversation {
  /** The bytes, in the pieces in which they are written; a character is a byte. */
  readonly pieces: readonly string[]
  readonly methods: readonly string[]
  readonly ending: Ending
  /** How many responses are due; none where nobody can tell. */
  readonly due: number | undefined
}

export interface Received {
  readonly bytes: string
  readonly how: 'closed' | 'reset' | 'aborted' | 'given up'
}

/** Milliseconds without a byte after which a client leaves, where a response is due and where nobody can tell. */
const patience = { due: 5000, unknown: 150 }

/** Writes the bytes on a connection of its own, and receives what comes until it is over. */
export const converse = (port: number, conversation: Conversation): Promise<Received> =>
  new Promise(resolve => {
    const { pieces, methods, ending, due } = conversation
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const parts: string[] = []
    let timer: NodeJS.Timeout | undefined
    const over = (how: Received['how']): undefined => {
      clearTimeout(timer)
      resolve({ bytes: parts.join(''), how })
      socket.destroy()
    }
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(() => over('given up'), due === undefined ? patience.unknown : patience.due)
    }
    socket.setEncoding('latin1').on('data', (part: string) => {
      parts.push(part)
      const { responses } = due === undefined ? { responses: [] } : readResponses(parts.join(''), methods)
      if (due !== undefined && responses.length >= due) over('closed')
      else wait()
    })
    socket.on('end', () => over('closed')).on('error', () => over('reset'))
    if (ending === 'read-late') socket.pause()
    const writeFrom = (index: number): undefined => {
      const piece = pieces[index]
      if (piece !== undefined) {
        socket.write(piece, 'latin1', () => setImmediate(writeFrom, index + 1))
        return
      }
      if (ending === 'abort') return over('aborted')
      if (ending === 'half-close') socket.end()
      if (ending === 'read-late') setTimeout(() => socket.resume(), 50)
      wait()
    }
    writeFrom(0)
    wait()
  })
