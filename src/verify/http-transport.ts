import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { formatDuration } from '../base/duration.js'
import { AbortController, URL } from '../base/node-globals.js'
import type { SystemClock } from '../state/clock.js'
import type { ReceivedAnswer } from './answer.js'
import type { CaseRequest } from './case.js'
import { connectionTrouble } from './connection-trouble.js'
import { NoAnswer } from './trouble.js'

export interface HttpOptions {
  /** Scheme, host and port. */
  readonly origin: string
  /** Certificates of authorities in PEM, instead of those of the system. */
  readonly ca: string | undefined
  /** Do not check certificates. */
  readonly insecure: boolean
  /** Milliseconds for a complete response. */
  readonly timeout: number
  readonly userAgent: string
  readonly systemClock: SystemClock
}

export interface HttpTransport {
  /** Sends a request and reads the complete response, without following redirects. Throws NoAnswer. */
  send(request: CaseRequest): Promise<ReceivedAnswer>
  close(): void
}

/** Maximum number of bytes read from a body. */
export const maxBody = 1_048_576

/** A client of a real server. Each request has its own connection, as the server may have closed an idle one. */
export const createHttpTransport = (options: HttpOptions): HttpTransport => {
  const isSecure = options.origin.startsWith('https:')
  const agent = isSecure ? new HttpsAgent({ ca: options.ca, rejectUnauthorized: !options.insecure }) : new HttpAgent()
  return {
    send: request => sendOnce(request, options, agent),
    close: () => agent.destroy()
  }
}

const sendOnce = (request: CaseRequest, options: HttpOptions, agent: HttpAgent | HttpsAgent): Promise<ReceivedAnswer> =>
  new Promise((resolve, reject) => {
    const sent = startRequest(request, options, agent)
    const done = new AbortController()
    void options.systemClock.sleep(options.timeout, done.signal).then(() => {
      if (!done.signal.aborted)
        sent.destroy(new NoAnswer(`no complete response within ${formatDuration(options.timeout)}`))
    })
    const fail = (error: Error) => {
      done.abort()
      reject(error instanceof NoAnswer ? error : new NoAnswer(connectionTrouble(error, options.origin)))
    }
    sent.on('error', fail)
    sent.on('upgrade', (response, socket) => {
      socket.destroy()
      const to = response.headers.upgrade ?? 'another protocol'
      fail(new NoAnswer(`the server switched to ${to} (HTTP ${response.statusCode}), which no request asked for`))
    })
    const closed = () => fail(new NoAnswer('the server closed the connection without a response'))
    sent.on('close', closed)
    sent.on('response', response => {
      sent.off('close', closed)
      read(response).then(answer => {
        done.abort()
        resolve(answer)
      }, fail)
    })
    sent.end(request.body)
  })

const startRequest = (
  { method, target, headers, body }: CaseRequest,
  { origin, userAgent }: HttpOptions,
  agent: HttpAgent | HttpsAgent
): ClientRequest => {
  const { protocol, hostname, port } = new URL(origin)
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  const send = protocol === 'https:' ? httpsRequest : httpRequest
  return send({
    protocol,
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    method,
    path: target,
    agent,
    headers: { 'User-Agent': userAgent, ...headers, ...length }
  })
}

const read = async (response: IncomingMessage): Promise<ReceivedAnswer> => {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response) {
    pieces.push(piece)
    length += piece.length
    if (length > maxBody) break
  }
  if (!response.complete && length <= maxBody) throw new NoAnswer('the response is incomplete')
  return {
    status: response.statusCode ?? 0,
    headers: headersOf(response),
    body: Buffer.concat(pieces).subarray(0, maxBody).toString()
  }
}

/** With their original letter case; values of the same name are joined. */
const headersOf = ({ rawHeaders }: IncomingMessage): Record<string, string> => {
  const found = new Map<string, { name: string; values: string[] }>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    const known = found.get(name.toLowerCase())
    if (known) known.values.push(value)
    else found.set(name.toLowerCase(), { name, values: [value] })
  }
  return Object.fromEntries([...found.values()].map(({ name, values }) => [name, values.join(', ')]))
}
