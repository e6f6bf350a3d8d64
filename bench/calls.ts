import { type Agent, request } from 'node:http'

export interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly type: string
  /** In their letter case and order on the wire. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** One request, on a connection of its own unless there is an agent. Throws if there is no response within `patience` milliseconds. */
export const ask = (port: number, call: Call, agent: Agent | false = false, patience = 10_000): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method, path, body } = call
    const headers = {
      ...call.headers,
      ...(body !== undefined && { 'Content-Length': String(Buffer.byteLength(body)) })
    }
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent, timeout: patience }, response => {
      const parts: string[] = []
      response.setEncoding('utf8').on('data', part => parts.push(part))
      response.on('error', reject).on('end', () => {
        const { statusCode: status = 0, headers, rawHeaders } = response
        resolve({ status, type: headers['content-type'] ?? '', headers: pairs(rawHeaders), body: parts.join('') })
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no response to ${method} ${path} within ${patience / 1000} s`)))
    sent.on('error', reject).end(body)
  })

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))

/** The response of servers without sessions: as many bytes as that of session-mock. */
export const stub = {
  body: '{"user_id":1,"cbrain_api_token":"00112233445566778899aabbccddeeff"}',
  type: 'application/json; charset=utf-8'
}

export const form = (method: string, path: string, fields: Readonly<Record<string, string>>): Call => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  return { method, path, headers, body: String(new URLSearchParams(fields)) }
}

export const json = (method: string, path: string, value: object): Call => {
  return { method, path, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) }
}

export const bare = (method: string, path: string, headers: Call['headers'] = {}): Call => ({ method, path, headers })

/** A request to the control API. */
export const control = (method: string, path: string, body?: object): Call => {
  const call = bare(method, `/__admin${path}`)
  return body ? { ...call, body: JSON.stringify(body) } : call
}

/** CBRAIN's login. */
export const loginCall = form('POST', '/session', { login: 'demo', password: 'demo' })

export const sessionCall = (token: string): Call => bare('GET', '/session', { Authorization: `Bearer ${token}` })

export const inSpace = (space: string, call: Call): Call => ({ ...call, path: `/~${space}${call.path}` })

/** Where a session call has its token. */
export const carriers = [
  { name: 'by header', call: sessionCall },
  { name: 'by query', call: (token: string): Call => bare('GET', `/session?cbrain_api_token=${token}`) }
] as const

/** Throws if the response is not a session. */
export const logIn = async (port: number, call: Call = loginCall, agent?: Agent): Promise<string> => {
  const answer = await ask(port, call, agent)
  const [, token] = /^\{"user_id":1,"cbrain_api_token":"([0-9a-f]{32})"\}$/.exec(answer.body) ?? []
  if (answer.status !== 200 || !token) throw new Error(`unexpected response to the login: ${inShort(answer)}`)
  return token
}

/** Throws unless the response to the session call is the expected one, byte by byte. */
export const checkSession = async (port: number, token: string): Promise<void> => {
  const answer = await ask(port, sessionCall(token))
  const isSession =
    answer.body === `{"user_id":1,"cbrain_api_token":"${token}"}` && answer.type.startsWith('application/json')
  if (answer.status !== 200 || !isSession)
    throw new Error(`unexpected response to the session call: ${inShort(answer)}`)
}

/** Throws unless the status is 200. */
export const okAnswer = async (port: number, call: Call): Promise<Answer> => {
  const answer = await ask(port, call)
  if (answer.status === 200) return answer
  throw new Error(`unexpected response to ${call.method} ${call.path}: ${inShort(answer)}`)
}

const inShort = ({ status, type, body }: Answer) => `${status} ${type} ${body.slice(0, 100)}`
