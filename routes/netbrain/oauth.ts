import { createHmac } from 'node:crypto'
import type { Answer } from '../../src/http/response.js'
import { bodyOf, lenientForm } from '../../src/product/body.js'
import { text } from '../../src/product/fields.js'
import type { Call, FailureResponse, Operation } from '../../src/product/product.js'
import type { ProductRequest } from '../../src/product/request.js'
import { type Account, unlistedAccount } from '../../src/session/accounts.js'
import { uuid } from '../../src/session/random.js'

const id = { type: 'string', minLength: 1 } as const

/** Account properties for the logins added in R12. */
export const clientSchema = {
  client_id: { ...id, description: 'The client that may have OAuth2 tokens of the account.' },
  client_secret: { ...id, description: 'The secret of that client.' },
  user_token: { ...id, description: 'A static token of the account, which never expires.' }
} as const

interface ClientData {
  readonly client_id?: string
  readonly client_secret?: string
  readonly user_token?: string
}

/** The account demo is also a client, as it can log in to every product. */
export const demoClient = (login: string): ClientData =>
  login === 'demo' ? { client_id: 'demo', client_secret: 'demo' } : {}

const respond = (status: number, body: object): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body)
})

const refusal =
  (status: number, error: string): FailureResponse =>
  () =>
    respond(status, { error })

const field = ({ body }: ProductRequest, name: string): string => text(body, name) ?? ''

/** The OAuth2 client credentials grant, verified against the published page Login of R12. See netbrain.md. */
export const oauthToken: Operation = {
  name: 'oauth-token',
  summary: 'Get an OAuth2 token',
  routes: [['POST', '/ServicesAPI/auth/oauth2/token']],
  bodies: { 'application/x-www-form-urlencoded': lenientForm },
  login: request => text(request.body, 'client_id'),
  run(call) {
    const { request } = call
    bodyOf(request)
    const grant = field(request, 'grant_type')
    if (grant !== 'client_credentials')
      call.refuse('bad-request', { variant: 'grant-type', value: grant, why: { reason: 'unknown-grant', grant } })
    const account = authenticateClient(call, field(request, 'client_id'), field(request, 'client_secret'))
    const lifetime = lifetimeOf(call)
    const { token } = call.open(account, {
      policy: { ...untilExpiry, lifetime },
      createToken: draw => jwt(call, draw, lifetime)
    })
    return respond(200, { access_token: token, token_type: 'bearer', expires_in: Math.floor(lifetime / 1000) - 1 })
  },
  failureResponses: {
    'bad-request': refusal(400, 'invalid grant type'),
    'bad-credentials': refusal(401, 'invalid_client'),
    'missing-field': refusal(401, 'invalid_client')
  }
}

/** Use does not renew a token, and no logout, limit or later login ends it. */
const untilExpiry = { idle: Number.POSITIVE_INFINITY, renewed: false, limit: Number.POSITIVE_INFINITY, stateless: true }

/** The `lifetime` setting of NetBrain, or one hour. In milliseconds. */
const lifetimeOf = ({ space, product }: Call): number => {
  const { lifetime } = space.policy(product)
  return Number.isFinite(lifetime) ? lifetime : 3_600_000
}

/** The account of the client. Refuses the call with `bad-credentials`. */
const authenticateClient = (call: Call, client: string, secret: string): Account => {
  const { accounts } = call.space
  const known = accounts.list().find(({ login }) => call.accountData<ClientData>(login).client_id === client)
  if (!accounts.any || client === '' || secret === '') requireSecret(call, known, client, secret)
  const account = known ?? unlistedAccount(client)
  call.login = account.login
  return account
}

const requireSecret = (call: Call, known: Account | undefined, client: string, secret: string): void => {
  if (!known) call.refuse('bad-credentials', { why: { reason: 'unknown-client', client } })
  else if (call.accountData<ClientData>(known.login).client_secret !== secret)
    call.refuse('bad-credentials', { why: { reason: 'wrong-client-secret', client } })
}

/** A JWT, signed by HS512 with a key of the space. Claims as in a recorded token; `jti` makes each token unique. */
const jwt = ({ space, now }: Call, draw: Buffer, lifetime: number): string => {
  const iat = Math.floor(now / 1000)
  const claims = {
    jti: uuid(draw),
    iat,
    exp: iat + Math.floor(lifetime / 1000),
    iss: 'netBrain',
    aud: 'ie',
    CLAIMS: { auth_type: 'OAuth' }
  }
  const signed = [{ alg: 'HS512', typ: 'JWT' }, claims].map(encode).join('.')
  const key = space.random.bytes('netbrain oauth key', 0)
  return `${signed}.${createHmac('sha512', key).update(signed).digest('base64url')}`
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
