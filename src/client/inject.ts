import type { InjectAnswer, InjectRequest } from './client.js'

/** The outgoing request of an `inject`. */
export const outgoingRequest = (request: string | InjectRequest, prefix: string) => {
  const {
    method = 'GET',
    url,
    headers = {},
    payload
  }: InjectRequest = typeof request === 'string' ? { url: request } : request
  return {
    method,
    url: `${prefix}${url}`,
    headers: { ...typeOf(payload), ...lowerCaseNames(headers) },
    payload:
      typeof payload === 'object' && !(payload instanceof URLSearchParams)
        ? JSON.stringify(payload)
        : payload?.toString()
  }
}

const typeOf = (payload: InjectRequest['payload']): Record<string, string> => {
  if (typeof payload !== 'object') return {}
  return {
    'content-type': payload instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json'
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
