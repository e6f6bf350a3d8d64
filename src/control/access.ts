import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { Problem } from '../http/problem.js'

/** What of a request tells who sent it. */
export interface AccessRequest {
  readonly headers: IncomingHttpHeaders
  readonly socket: Socket
}

/**
 * Refuses those who may not steer: web pages of another origin, which could otherwise reach a developer's machine through the
 * browser, and who lacks the token, where one is asked for; `open` is what nobody needs a token for. Throws a Problem.
 */
export const checkAccess = (request: AccessRequest, token: string | undefined, open: boolean): void => {
  const { headers } = request
  if (isForeignPage(headers))
    throw new Problem(
      403,
      'Web pages may not steer this server',
      'The request comes from a web page of another origin; use a program, which sends neither Origin nor Sec-Fetch-Site.'
    )
  if (token !== undefined && !open) requireToken(headers.authorization, token)
  if (token === undefined && isMisled(request))
    throw new Problem(
      403,
      'The server is not called by this name here',
      `A web page can have the name ${headers.host} lead to this machine; say localhost, 127.0.0.1 or the machine's address, or set --admin-token and send it.`
    )
}

/** A page of another origin asks, as only browsers tell. */
export const isForeignPage = ({ origin, host = '', 'sec-fetch-site': site }: IncomingHttpHeaders): boolean => {
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  return origin !== undefined && hostOf(origin) !== host.toLowerCase()
}

/** A browser may have been led here by a name that a stranger's name server has answered for. */
export const isMisled = (request: AccessRequest): boolean =>
  !isLocalName(request.headers.host) && (request.headers.origin !== undefined || isLoopback(request))

const requireToken = (authorization: string | undefined, token: string): void => {
  if (isBearer(authorization, token)) return
  throw new Problem(
    401,
    'A token is needed',
    'Send the token of --admin-token as Authorization: Bearer <token>.',
    {},
    { 'WWW-Authenticate': 'Bearer realm="session-mock"' }
  )
}

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)

/**
 * A name that no stranger's name server can answer for: an address, a name without a dot, or one under a domain that is kept
 * for such uses (RFC 2606, 6761, 8375). Under any other a page may have been led here from the outside; to a name under .local
 * every machine of the network may answer (RFC 6762).
 */
const isLocalName = (host = ''): boolean => {
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1')
  return !name.includes('.') || isIP(name) !== 0 || /\.(?:localhost|internal|test|example|home\.arpa)$/.test(name)
}

const isLoopback = ({ socket }: AccessRequest): boolean => /^(?:::ffff:)?127\.|^::1$/.test(socket.localAddress ?? '')

const isBearer = (authorization: string | undefined, token: string): boolean => {
  const sent = Buffer.from(/^Bearer\s+(.*)$/i.exec(authorization ?? '')?.[1] ?? '')
  const wanted = Buffer.from(token)
  return sent.length === wanted.length && timingSafeEqual(sent, wanted)
}
