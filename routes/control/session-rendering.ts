import { defined } from '../../src/base/defined.js'
import { formatInstant } from '../../src/base/instant.js'
import type { ControlRequest } from '../../src/control/endpoint.js'
import { causeOf } from '../../src/journal/reasons.js'
import type { SessionEnd } from '../../src/session/sessions.js'
import { endOfTime } from '../../src/state/clock.js'
import { shortToken } from '../../src/state/secrets.js'
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
    ...(session.ordinal > 0 && { opened: session.ordinal }),
    age: (now - session.openedAt) / 1000,
    ...(session.data && { data: session.data }),
    // A later time than a date can hold is no expiry.
    ...(session.endsAt <= endOfTime
      ? { left: (session.endsAt - now) / 1000, expiresAt: formatInstant(session.endsAt) }
      : {}),
    ...(session.scheduled && { scheduled: renderEnd(session.scheduled) })
  }
}

const renderEnd = ({ cause, at, by }: SessionEnd) => ({ cause, at: formatInstant(at), ...defined({ by }) })

/** An ended session as JSON: with its end instead of its remaining lifetime. */
export const renderEnded = (ended: SpaceSession, { context }: ControlRequest) => {
  const {
    left: _left,
    expiresAt: _expiresAt,
    scheduled: _scheduled,
    ...facts
  } = renderSession(ended, context.showSecrets)
  const { cause, at, by, request } = ended.session.end ?? ended.session.dueEnd
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
