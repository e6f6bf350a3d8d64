import { URL } from '../base/node-globals.js'
import type { InjectAnswer, InjectRequest } from './client.js'

/** The outgoing request of an `inject`. Throws for a URL with a host. */
export const outgoingRequest = (request: string | InjectRequest, prefix: string) => {
  const {
    method = 'GET',
    url,
    headers = {},
    payload
  }: InjectRequest = typeof request === 'string' ? { url: request } : request
  return {
    method,
    url: `${prefix}${pathOf(url)}`,
    headers: { ...typeOf(payload), ...lowerCaseNames(headers) },
    payload: typeof payload === 'object' && !isForm(payload) ? JSON.stringify(payload) : payload?.toString()
  }
}

/** The path and query as they are sent: steps such as `..` cannot leave the space. */
const pathOf = (url: string): string => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) throw new Error(`expected a path, such as /session, found "${url}"`)
  const { pathname, search } = new URL(`http://localhost${url.startsWith('/') ? '' : '/'}${url}`)
  return `${pathname}${search}`
}

/** URLSearchParams of any realm: those of jsdom are no instances of the class of Node.js. */
const isForm = (payload: unknown): boolean => Object.prototype.toString.call(payload) === '[object URLSearchParams]'

const typeOf = (payload: InjectRequest['payload']): Record<string, string> => {
  if (typeof payload !== 'object') return {}
  return {
    'content-type': isForm(payload) ? 'application/x-www-form-urlencoded' : 'application/json'
  }
}

const lowerCaseNames = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

export const readAnswer = ({
  status,
  headers,
  body
}: {
  status: number
  headers: InjectAnswer['headers']
  body: string
}) => ({
  statusCode: status,
  headers,
  body,
  json: (): unknown => JSON.parse(body)
})
