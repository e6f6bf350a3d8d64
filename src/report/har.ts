import { STATUS_CODES } from 'node:http'
import type { Row } from '../api/types.js'
import { URL, URLSearchParams } from '../base/node-globals.js'
import type { FlightRecord } from './flight-record.js'

/** The journal as HAR 1.2. Source: http://www.softwareishard.com/blog/har-12-spec/; custom members begin with `_`. */
export const createHar = ({ version, rows, url }: Pick<FlightRecord, 'version' | 'rows' | 'url'>) => ({
  log: {
    version: '1.2',
    creator: { name: 'session-mock', version },
    entries: rows.map(row => entryOf(row, url))
  }
})

const entryOf = (row: Row, server: string) => ({
  startedDateTime: row.wall,
  time: row.milliseconds,
  request: requestOf(row, server),
  response: row.fault === undefined ? responseOf(row) : brokenResponse(row.fault),
  cache: {},
  timings: { send: 0, wait: row.milliseconds, receive: 0 },
  _number: row.number,
  _space: row.space,
  _outcome: row.outcome,
  ...(row.product !== undefined && { _product: row.product }),
  ...(row.operation !== undefined && { _operation: row.operation }),
  ...(row.why !== undefined && { _why: row.why.words }),
  ...(row.rules.length > 0 && { _rules: row.rules.map(({ rule }) => rule) })
})

const requestOf = ({ method, request }: Row, server: string) => {
  const [, target = '/', version = '1.1'] = /^\S+ (.*) HTTP\/(\S+)$/s.exec(request.line) ?? []
  const host = headerNamed(request.headers, 'host')
  const base = host === undefined ? server : `http://${host}`
  return {
    method,
    url: validUrl(`${base}${target}`, server),
    httpVersion: `HTTP/${version}`,
    cookies: [],
    headers: headersOf(request.headers),
    queryString: [...new URLSearchParams(target.split('?')[1] ?? '')].map(([name, value]) => ({ name, value })),
    ...(request.body !== undefined && {
      postData: { mimeType: headerNamed(request.headers, 'content-type') ?? '', params: [], text: request.body }
    }),
    headersSize: -1,
    bodySize: request.bytes ?? 0
  }
}

/** Percent-encodes characters that are invalid in a URL but sent by some clients. */
const validUrl = (url: string, server: string): string =>
  URL.canParse(url) ? new URL(url).href.replace(/[[\]|^`{}\\]/g, encodeURIComponent) : server

const responseOf = ({ answer: { status, headers, body = '', bytes = 0 } }: Row) => ({
  status,
  statusText: STATUS_CODES[status] ?? '',
  httpVersion: 'HTTP/1.1',
  cookies: [],
  headers: headersOf(headers),
  content: { size: bytes, mimeType: headerNamed(headers, 'content-type') ?? '', text: body },
  redirectURL: headerNamed(headers, 'location') ?? '',
  headersSize: -1,
  bodySize: bytes
})

/** The form that browsers write for an incomplete response: status 0 and an error. */
const brokenResponse = (fault: string) => ({
  status: 0,
  statusText: '',
  httpVersion: 'HTTP/1.1',
  cookies: [],
  headers: [],
  content: { size: 0, mimeType: 'x-unknown' },
  redirectURL: '',
  headersSize: -1,
  bodySize: -1,
  _error: `connection: ${fault}`
})

type Headers = Readonly<Record<string, string>>

const headersOf = (headers: Headers) => Object.entries(headers).map(([name, value]) => ({ name, value }))

const headerNamed = (headers: Headers, name: string): string | undefined =>
  Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1]
