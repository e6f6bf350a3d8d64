import { formatInstant } from '../../src/base/instant.js'
import type { ControlRequest } from '../../src/control/endpoint.js'
import { causeOf } from '../../src/journal/reasons.js'
import { shortToken } from '../../src/journal/redactor.js'
import { endOfTime } from '../../src/state/clock.js'
import type { SpaceSession } from './session-selection.js'

/** An open session as JSON; durations in seconds. `secrets`: with its whole token. */
export const renderSession = ({ space, session }: SpaceSession, secrets: boolean) => {
  const now = space.clock.now()
  return {
    space: space.name,
    product: session.product,
    login: session.login,
    token: secrets ? session.token : shortToken(session.token),
    openedAt: formatInstant(session.openedAt),
    usedAt: formatInstant(session.usedAt),
    uses: session.uses,
    age: (now - session.openedAt) / 1000,
    ...(session.data && { data: session.data }),
    // A later time than a date can hold is no expiry.
    ...(session.expiresAt <= endOfTime
      ? { left: (session.expiresAt - now) / 1000, expiresAt: formatInstant(session.expiresAt) }
      : {})
  }
}

/** An ended session as JSON: with its end instead of its remaining lifetime. */
export const renderEnded = (ended: SpaceSession, { context }: ControlRequest) => {
  const { left: _left, expiresAt: _expiresAt, ...facts } = renderSession(ended, context.showSecrets)
  const { cause = 'expired', at = ended.session.expiresAt, by, request } = ended.session.end ?? {}
  const ender = causeOf(by, request)
  return { ...facts, endedAt: new Date(at).toISOString(), cause, ...(ender === undefined ? {} : { by: ender }) }
}

/** A session that this request has ended, as JSON. */
export const renderEndedNow = ({ space, session: { product, login, token } }: SpaceSession, secrets: boolean) => ({
  space: space.name,
  product,
  login,
  token: secrets ? token : shortToken(token)
})
