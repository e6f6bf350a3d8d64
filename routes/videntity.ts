import { memoize } from '../src/base/collections.js'
import { chain, type MaybePromise } from '../src/base/promises.js'
import { type Answer, withHeaders } from '../src/http/response.js'
import { lenientForm } from '../src/product/body.js'
import { Failure } from '../src/product/failure.js'
import { formArgument, lastText, text } from '../src/product/fields.js'
import type { Call, FailureResponse, Operation, Product } from '../src/product/product.js'
import { type XmlTree, xml } from '../src/product/xml.js'
import { alphanumeric } from '../src/session/random.js'
import type { Session } from '../src/session/session-store.js'

const account = {
  type: 'object',
  additionalProperties: false,
  properties: {
    account_number: {
      type: 'string',
      pattern: '^[0-9]{15}$',
      title: 'a text of 15 digits',
      description: 'The 15 digits required by a login.'
    }
  }
} as const

interface AccountData {
  readonly account_number: string
}

/** The value of a mandatory field. Throws `missing-field` if it is absent or empty. */
const mandatory = (call: Call, field: string): string => {
  const { body } = call.request
  const value = lastText(body, field) ?? ''
  if (value !== '') return value
  const unreadable = body instanceof Failure ? body.detail.why : undefined
  call.refuse('missing-field', { field, why: unreadable ?? { reason: 'missing-field', field } })
  return value
}

const render = (call: Call, status: number, statusText: string, tree: XmlTree): MaybePromise<Answer> => {
  const response = {
    '@api_method': call.path,
    status: statusText,
    api_tx_number: String(call.serial('api_tx_number', call.space.number('videntity', 'first_tx_number'))),
    ...tree,
    timestamp: timestamp(Math.floor(call.now / 1000))
  }
  const type = call.fidelity === 'observed' ? 'application/xhtml+xml' : 'application/xml; charset=utf-8'
  return chain(xml({ response }, { encoding: 'utf-8', indent: '    ' }), body => ({
    status,
    headers: { 'Content-Type': type },
    body
  }))
}

/** `2024-01-31 12:00:00` from Unix seconds. Cached, as all responses of a second share it. */
const timestamp = memoize(
  1,
  (seconds: number) => seconds,
  seconds => new Date(seconds * 1000).toISOString().replace('T', ' ').replace(/\..*/, '')
)

const success = (call: Call, detail: string, session: Session): MaybePromise<Answer> =>
  render(call, 200, 'SUCCESS', { detail, response_name_value: { session_key: session.token } })

const error = (call: Call, status: number, number: number, name: string, detail: string): MaybePromise<Answer> =>
  render(call, status, 'ERROR', { error_number: String(number), error_name: name, error_detail: detail })

const refusal =
  (number: number, name: string, detail: string): FailureResponse =>
  (_failure, call) =>
    error(call, 200, number, name, detail)

/** A refusal without a documented error number: 11, distinguished by the HTTP status. */
const serverError =
  (status: number): FailureResponse =>
  (_failure, call) =>
    error(call, status, 11, 'SERVER_ERROR', 'The server could not process your request.')

/** Names the missing field; `defaultField` for a failure without one. */
const missing =
  (defaultField: string): FailureResponse =>
  ({ detail }, call) => {
    const field = detail.field ?? defaultField
    return error(call, 200, 4, 'MISSING_MANDATORY_FIELD', `Mandatory field ${field} is missing`)
  }

const methodNotAllowed: FailureResponse = async (failure, call) => {
  const answer = await serverError(405)(failure, call)
  return withHeaders(answer, { Allow: 'POST' })
}

const login: Operation = {
  name: 'login',
  summary: 'Log in',
  routes: [['POST', '/session/login']],
  login: request => lastText(request.body, 'username'),
  run(call) {
    const username = mandatory(call, 'username')
    const password = mandatory(call, 'password')
    const accountNumber = mandatory(call, 'account_number')
    const user = call.authenticate(username, password)
    const isValid =
      call.space.accounts.any || call.accountData<AccountData>(user.login).account_number === accountNumber
    if (!isValid) call.refuse('bad-credentials', { why: { reason: 'wrong-account-number', login: user.login } })
    return success(call, 'you logged in successfully', call.open(user))
  },
  failureResponses: { 'missing-field': missing('username') }
}

const ping: Operation = {
  name: 'ping',
  summary: 'Keep the session alive',
  routes: [['POST', '/session/ping']],
  run(call) {
    mandatory(call, 'session_key')
    return success(call, 'your session has been pinged successfully', call.current())
  }
}

const logout: Operation = {
  name: 'logout',
  summary: 'Log out',
  routes: [['POST', '/session/logout']],
  run(call) {
    mandatory(call, 'session_key')
    return success(call, 'you logged out successfully', call.end())
  }
}

/** The session API of Videntity, verified against its documentation wiki. See videntity.md. */
export const videntity: Product = {
  name: 'videntity',
  title: 'Videntity',
  base: '',
  pathPattern: /^\/session\/(?:login|ping|logout)$/,
  router: { caseSensitive: true, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false },
  // Other media types are ignored.
  bodies: { 'application/x-www-form-urlencoded': lenientForm },
  sessions: {
    policy: { idle: 30 * 60_000, lifetime: Number.POSITIVE_INFINITY, renewed: true },
    token: /^[A-Za-z0-9]{15}$/,
    createToken: draw => alphanumeric(draw, 15)
  },
  accounts: {
    schema: account,
    defaults: (): AccountData => ({ account_number: '100000000000001' }),
    demo: 'account number 100000000000001'
  },
  settings: {
    type: 'object',
    properties: {
      first_tx_number: {
        type: 'integer',
        minimum: 0,
        description: 'The api_tx_number of the first response; it increases by one for each further response.'
      }
    }
  },
  token: request => lastText(request.body, 'session_key'),
  operations: [login, ping, logout],
  errorCode: body => /<error_number>(\d+)</.exec(body)?.[1],
  failureResponses: {
    'bad-credentials': refusal(1, 'AUTHENTICATION_ERROR', 'username, password or account_number is incorrect'),
    'missing-field': missing('session_key'),
    'bad-request': serverError(400),
    'too-large': serverError(413),
    'no-session': refusal(2, 'SESSION_DOES_NOT_EXIST', 'session does not exist'),
    'expired-session': refusal(3, 'SESSION_EXPIRED', 'The session has expired'),
    forbidden: refusal(1, 'AUTHENTICATION_ERROR', 'username, password or account_number is incorrect'),
    'rate-limited': serverError(429),
    'server-error': serverError(200),
    unavailable: serverError(503),
    'not-found': serverError(404),
    'method-not-allowed': methodNotAllowed
  },
  describe: async fidelity => (await import('./videntity.api.js')).describeVidentity(fidelity),
  sample: (url, { login: username, password, videntity: own }) => {
    const account_number = text(own, 'account_number') ?? '100000000000001'
    return `curl ${formArgument({ username, password, account_number })} ${url}/session/login`
  }
}
