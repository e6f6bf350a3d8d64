import type { Slices } from '../../src/base/in-slices.js'
import { type Endpoint, endpointWithBody } from '../../src/control/endpoint.js'
import { JsonList } from '../../src/control/json-list.js'
import type { EndCause, Session, SessionEnd } from '../../src/session/sessions.js'
import type { Space } from '../../src/space/space.js'
import { list, object } from './schema-parts.js'
import { ref } from './schemas.js'
import { renderEndedNow } from './session-rendering.js'
import { eachSession, type SpaceSessions, selectionKeys, selectOpen } from './session-selection.js'

const endSessions = (path: string, cause: EndCause, summary: string): Endpoint =>
  endpointWithBody({
    method: 'POST',
    path: `/sessions/${path}`,
    changes: 'each',
    logged: true,
    summary,
    body: { type: 'object', title: 'which sessions', additionalProperties: false, properties: selectionKeys },
    answers: {
      200: {
        description: 'The ended sessions; empty if no open session matched.',
        schema: object({ ended: list(ref('EndedSession')) })
      }
    },
    run: async request => {
      const { slices } = request.context
      const times = new Map(request.spaces.map(space => [space, space.clock.now()]))
      const ended: SpaceSessions[] = []
      for (const { space, sessions } of await selectOpen(request, request.body, 'body', slices)) {
        const at = times.get(space) ?? space.clock.now()
        ended.push({ space, sessions: await endEach(space, sessions, { cause, at, by: 'the control API' }, slices) })
      }
      const { showSecrets } = request.context
      return { ended: JsonList.of(eachSession(ended), each => renderEndedNow(each, showSecrets)) }
    }
  })

/** Ends the sessions, and returns those that were still open. */
const endEach = async (
  { sessions: store }: Space,
  sessions: readonly Session[],
  end: SessionEnd,
  slices: Slices
): Promise<Session[]> => {
  const ended: Session[] = []
  for (const session of sessions) {
    if (slices.isOver) await slices.next()
    // Between slices its client may have logged out, or logged in with the same token again.
    if (session.end) continue
    if (store.end(session.product, session.token, end).is === 'open') ended.push(session)
  }
  return ended
}

export const expireSessions = endSessions('expire', 'expired', 'Expire sessions: a selection, or all')
export const revokeSessions = endSessions(
  'revoke',
  'revoked',
  'Revoke sessions, as by a logout elsewhere: a selection, or all'
)
