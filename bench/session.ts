import type { Agent } from 'node:http'
import { type Answer, ask, type Call } from './request.js'

/** What those answer that keep no sessions: as many bytes as session-mock's answer has. */
export const stub = {
  body: '{"user_id":1,"cbrain_api_token":"00112233445566778899aabbccddeeff"}',
  type: 'application/json; charset=utf-8'
}

export const loginCall: Call = {
  method: 'POST',
  path: '/session',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: 'login=demo&password=demo'
}

/** A login in a space of session-mock's. */
export const loginIn = (space: string): Call => ({ ...loginCall, path: `/~${space}/session` })

export const sessionCall = (token: string): Call => ({
  method: 'GET',
  path: '/session',
  headers: { Authorization: `Bearer ${token}` }
})

/** The same call with the token in the query, as the document has it. */
export const sessionCallByQuery = (token: string): Call => ({
  method: 'GET',
  path: `/session?cbrain_api_token=${token}`,
  headers: {}
})

/** How a session call carries its token. */
export const carriers = [
  { name: 'by header', call: sessionCall },
  { name: 'by query', call: sessionCallByQuery }
] as const

/** Logs in, and gives the token. Throws where the answer is not a session. */
export const logIn = async (port: number, call: Call = loginCall, agent?: Agent): Promise<string> => {
  const answer = await ask(port, call, agent)
  const [, token] = /^\{"user_id":1,"cbrain_api_token":"([0-9a-f]{32})"\}$/.exec(answer.body) ?? []
  if (answer.status !== 200 || !token) throw new Error(`its answer to the login is not right: ${inShort(answer)}`)
  return token
}

/** Throws where the answer to the session call is not the right one, byte by byte. */
export const checkSession = async (port: number, token: string): Promise<void> => {
  const answer = await ask(port, sessionCall(token))
  const right =
    answer.body === `{"user_id":1,"cbrain_api_token":"${token}"}` && answer.type.startsWith('application/json')
  if (answer.status !== 200 || !right)
    throw new Error(`its answer to the session call is not right: ${inShort(answer)}`)
}

const inShort = ({ status, type, body }: Answer) => `${status} ${type} ${body.slice(0, 100)}`
