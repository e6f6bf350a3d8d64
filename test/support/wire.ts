import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import { listen } from '../../src/server/listeners.js'
import { systemClock } from '../../src/session/clock.js'
import { type Double, type DoubleOptions, double } from './double.js'
import type { Reply, Request } from './driver.js'

export interface Wired extends Double {
  readonly port: number
  readonly url: string
  close(): Promise<void>
}

/** An app on a free port until the end of the test, with a fake clock and real sockets. */
export const wired = async (t: Test, options: DoubleOptions = {}): Promise<Wired> => {
  const app = double(options)
  const { listeners, close } = await listen(app.app, {
    host: '127.0.0.1',
    listeners: [{ port: 0 }],
    systemClock,
    grace: 200
  })
  const [{ port = 0, url = '' } = {}] = listeners
  t.teardown(async () => {
    await close()
    await app.check()
  })
  return { ...app, port, url, close }
}

/** The bytes that a client received on a closed connection, and the way it ended. */
export interface Received {
  readonly text: string
  readonly end: 'closed' | 'reset'
}

/** A connection under the control of a test. */
export interface Line {
  readonly socket: Socket
  /** The received bytes so far, one character per byte. */
  received(): string
  /** Resolves when the server has closed the connection. */
  readonly over: Promise<Received>
}

/** Opens a connection and sends these bytes. The client does not close it. */
export const call = (port: number, text: string): Line => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let received = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk
  })
  const over = new Promise<Received>((resolve, reject) => {
    socket.once('end', () => resolve({ text: received, end: 'closed' }))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve({ text: received, end: 'reset' }) : reject(error)
    )
  })
  void over.finally(() => socket.destroy()).catch(() => undefined)
  socket.write(text, 'latin1')
  return { socket, received: () => received, over }
}

/** Sends a request on a new connection. Resolves when the server closes it. */
export const ask = (port: number, request: Request): Promise<Received> => call(port, bytesOf(request)).over

/** The request as bytes. */
export const bytesOf = ({ method, url, headers = {}, payload = '' }: Request, connection = 'close'): string => {
  const lines = Object.entries({ host: 'test', ...headers, connection, 'content-length': Buffer.byteLength(payload) })
  return `${method} ${url} HTTP/1.1\r\n${lines.map(line => `${line.join(': ')}\r\n`).join('')}\r\n${payload}`
}

/** The received bytes, parsed as one HTTP response. */
export const replyOf = ({ text }: Received): Reply => {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s)
  const [status = '', ...lines] = head.split('\r\n')
  const headers = lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.replace(/^[^:]*: /, '')])
  return { statusCode: Number(status.split(' ')[1]), headers: Object.fromEntries(headers), body }
}
