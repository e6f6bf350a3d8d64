import type { ReceivedAnswer } from './answer.js'
import type { Cases } from './case.js'
import { expressionOf } from './marks.js'

/** The reason why a login response has no token. */
export const refusedLogin = (answer: ReceivedAnswer, cases: Cases, wasAccepted: boolean): string => {
  const { product, login } = cases
  const { status, headers, body } = answer
  const type = headerOf(headers, 'content-type') ?? 'no Content-Type'
  const summary = `${login.request.method} ${login.request.target} was answered with HTTP ${status}, ${type}`
  if (wasAccepted)
    return `${summary}: the server refuses an account that it accepted before; it may be locked. Nothing more was sent`
  if (status >= 300 && status < 400)
    return `${summary}, a redirect to ${headerOf(headers, 'location') ?? 'nowhere'}, which is not followed: give the URL of ${product} itself`
  if (/^\s*<(?:!doctype html|html)/i.test(body) || /^text\/html/i.test(type))
    return `${summary}, a page for browsers: this URL leads to a login page, a proxy or another server`
  if (status === 502 || status === 503 || status === 504)
    return `${summary}: the server behind this URL does not respond to its proxy`
  if (status === 401 || status === 403 || isRefusal(answer, cases))
    return `${summary}: the login is refused. The credentials are wrong, or the account is locked. Nothing more was sent`
  return `${summary}, and no session token: this is not a response of ${product}. It begins with ${JSON.stringify(body.slice(0, 80))}`
}

/** The response of the product to a wrong password. */
const isRefusal = ({ status, body }: ReceivedAnswer, { wrongLogin, patterns }: Cases): boolean =>
  Object.values(wrongLogin.expect).some(
    expected => expected.status === status && expressionOf(expected.body, { values: {}, patterns }).test(body)
  )

const headerOf = (headers: ReceivedAnswer['headers'], name: string): string | undefined =>
  Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1]
