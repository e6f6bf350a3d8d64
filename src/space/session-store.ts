import { defined } from '../base/defined.js'
import { SessionStore, type SessionStoreOptions } from '../session/sessions.js'
import type { SpaceDeps, SpaceHooks } from './space-deps.js'

/** The session store of a space, which reports its changes as events and its tokens to the other spaces. */
export const createSessionStore = (
  space: string,
  { remember, bounds, events }: SpaceDeps,
  hooks: SpaceHooks,
  { count, isReadOnly, isReplica }: Pick<SessionStoreOptions, 'count' | 'isReadOnly'> & { readonly isReplica: boolean }
): SessionStore =>
  new SessionStore({
    remember,
    ...defined({ count }),
    most: bounds.limits.sessions,
    onEvict: () => bounds.drop('sessions', space),
    onOpen: session => {
      hooks.onTokenKnown?.(session)
      events.publish(space, { kind: 'session', session, change: 'opened' })
    },
    onEnd: session => events.publish(space, { kind: 'session', session, change: 'ended' }),
    onForget: session => hooks.onTokenForgotten?.(session),
    onRestore: session => hooks.onTokenRestored?.(session),
    isReadOnly,
    // Which session a login evicts must not depend on other spaces in a replica: these are up to date at different times.
    all: isReplica ? { countSessions: change => bounds.countSessions(change) } : bounds
  })
