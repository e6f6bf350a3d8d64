import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { URL } from '../base/node-globals.js'
import type { Peer } from '../http/peer.js'
import { Problem } from '../http/problem.js'

/** The parts of a request that identify its client. */
export interface AccessRequest {
  readonly headers: IncomingHttpHeaders
  readonly peer: Peer
}

/**
 * Refuses web pages of another origin, which could reach a developer's machine through the browser, and requests without the
 * required token; `open`: no token is needed; `anyHost`: the host name does not matter. Throws a Problem.
 */
export const checkAccess = (
  request: AccessRequest,
  token: string | undefined,
  { open = false, anyHost = false }: { readonly open?: boolean; readonly anyHost?: boolean } = {}
): void => {
  const { headers } = request
  if (isForeignPage(headers))
    throw new Problem(
      403,
      'Cross-origin requests are rejected',
      'The request comes from a web page of another origin; use a client without Origin and Sec-Fetch-Site headers.'
    )
  if (token !== undefined && !open) requireToken(headers.authorization, token)
  if (token === undefined && !anyHost && isRebound(request))
    throw new Problem(
      403,
      'Unknown host name',
      `The host name ${headers.host} is rejected, to prevent DNS rebinding: use localhost, 127.0.0.1 or the machine's address, or set --admin-token and send it.`
    )
}

/** The request comes from a page of another origin, by headers that only browsers send. */
export const isForeignPage = ({ origin, host = '', 'sec-fetch-site': site }: IncomingHttpHeaders): boolean => {
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  return origin !== undefined && hostOf(origin) !== host.toLowerCase()
}

/** DNS rebinding is possible: a foreign name server may have given this address to a browser. */
export const isRebound = (request: AccessRequest): boolean =>
  !isLocalName(request.headers.host) && (request.headers.origin !== undefined || request.peer.isLocal)

const requireToken = (authorization: string | undefined, token: string): void => {
  if (isBearer(authorization, token)) return
  throw new Problem(
    401,
    'A token is required',
    'Send the token of --admin-token as Authorization: Bearer <token>.',
    {},
    { 'WWW-Authenticate': 'Bearer realm="session-mock"' }
  )
}

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)

/**
 * A host that no foreign name server can resolve: an IP address, a name without a dot, or one under a reserved domain (RFC 2606,
 * 6761, 8375). Not .local: any machine of the network may answer for it (RFC 6762).
 */
const isLocalName = (host = ''): boolean => {
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1')
  return !name.includes('.') || isIP(name) !== 0 || /\.(?:localhost|internal|test|example|home\.arpa)$/.test(name)
}

const isBearer = (authorization: string | undefined, token: string): boolean => {
  const actual = Buffer.from(/^Bearer\s+(.*)$/is.exec(authorization ?? '')?.[1] ?? '')
  const expected = Buffer.from(token)
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}
