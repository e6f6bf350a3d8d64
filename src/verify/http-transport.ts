import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { formatDuration } from '../base/duration.js'
import { AbortController, URL } from '../base/node-globals.js'
import type { OverlayCondition } from '../overlay/overlay-document.js'
import type { SystemClock } from '../session/clock.js'
import type { CaseRequest } from './cases.js'

/** A request without a response: refused connection, timeout, broken connection, TLS error. The message has the reason. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

interface HttpOptions {
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

interface HttpTransport {
  /** Sends a request and reads the complete response, without following redirects. Throws NoAnswer. */
  send(request: CaseRequest): Promise<ReceivedAnswer>
  close(): void
}

/** Maximum number of bytes read from a body. */
const maxBody = 1_048_576

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

/** Connection errors by code, with a remedy. */
const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: 'the server closed the connection without a response',
  EPIPE: 'the server closed the connection without a response',
  ETIMEDOUT: 'the server does not respond',
  EHOSTUNREACH: 'there is no route to this host',
  ENETUNREACH: 'there is no route to this network',
  EPROTO: 'the server has no TLS at this port, or no supported version; is the scheme http:?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server has no TLS at this port; is the scheme http:?',
  HPE_INVALID_CONSTANT: 'the server has no plain HTTP at this port; is the scheme https:?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; name it with --ca FILE, or accept any with --insecure',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is of an unknown authority; name that with --ca FILE, or accept any with --insecure',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is of an unknown authority; name that with --ca FILE, or accept any with --insecure',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is of an unknown authority; name that with --ca FILE, or accept any with --insecure',
  CERT_HAS_EXPIRED: 'its certificate has expired; accept it with --insecure',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host; accept it with --insecure'
}

type ConnectionError = NodeJS.ErrnoException & { readonly errors?: readonly NodeJS.ErrnoException[] }

/** The reason why a server cannot be reached. */
const connectionTrouble = (error: ConnectionError, origin: string): string => {
  const first = error.errors?.[0] ?? error
  const words = codes[first.code ?? ''] ?? (first.message || String(first.code))
  return `${origin} cannot be reached: ${words}${first.code === undefined ? '' : ` (${first.code})`}`
}

/** A received response. Header names keep their letter case; values of the same name are joined by commas. */
export interface ReceivedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Facts about a response of the mock. */
  readonly facts?: OverlayCondition
}

/** Headers of the connection, of proxies and of server software, which do not belong to a product. */
const transportHeaders = new Set([
  'age',
  'alt-svc',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'nel',
  'preference-applied',
  'proxy-connection',
  'report-to',
  'server',
  'server-timing',
  'trailer',
  'transfer-encoding',
  'vary',
  'via',
  'x-cache',
  'x-powered-by',
  'x-served-by'
])

/** The headers of the product, by lower-case name. */
export const productHeaders = (
  headers: Readonly<Record<string, string>>
): ReadonlyMap<string, { readonly name: string; readonly value: string }> =>
  new Map(
    Object.entries(headers)
      .filter(([name]) => !transportHeaders.has(name.toLowerCase()))
      .map(([name, value]) => [name.toLowerCase(), { name, value }])
  )

/** The value of a header; its name in lower case. */
export const headerOf = ({ headers }: Pick<ReceivedAnswer, 'headers'>, name: string): string | undefined =>
  Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1]
