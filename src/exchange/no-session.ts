import { Failure, type Why } from '../product/failure.js'
import type { Call } from '../product/product.js'
import type { ProductRequest } from '../product/request.js'
import type { TokenStatus } from '../session/sessions.js'
import type { Space } from '../space/space.js'

interface UnauthorizedCall extends Pick<Call, 'token' | 'product' | 'request' | 'now'> {
  readonly space: Pick<Space, 'findTokenOwner'>
  readonly tokenOwner: Why | undefined
}

/** The Failure of a call without an open session. */
export const noSession = (call: UnauthorizedCall, tokenStatus: TokenStatus): Failure => {
  const why = reasonOf(call, tokenStatus)
  return new Failure(why.reason === 'expired' ? 'expired-session' : 'no-session', { why })
}

/** Why there is no open session for the token of the call. */
const reasonOf = (call: UnauthorizedCall, tokenStatus: TokenStatus): Why => {
  const { token, space, product } = call
  if (token === undefined || token === '') return { reason: 'no-token' }
  if (tokenStatus.is !== 'ended')
    return repeatedToken(call) ?? space.findTokenOwner(product, token) ?? call.tokenOwner ?? { reason: 'never-issued' }
  const { end, session } = tokenStatus
  const { idle, lifetime } = session.policy
  return {
    reason: end.cause,
    at: end.at,
    now: call.now,
    by: end.by,
    request: end.request,
    login: session.login,
    idle,
    lifetime
  }
}

/** A repeated header: its values are joined, and the result (`a, a`) is no token. */
const repeatedToken = ({ product: { tokenHeaders = [] }, request: { raw } }: UnauthorizedCall): Why | undefined => {
  const found = tokenHeaders.map(name => countHeader(name, raw)).find(({ times }) => times > 1)
  return found && { reason: 'repeated-token', header: found.name, times: found.times }
}

const countHeader = (name: string, { rawHeaders }: ProductRequest['raw']) => ({
  name,
  times: rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name.toLowerCase()).length
})
