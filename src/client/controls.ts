import type { ClockControl, HoldControl, RequestControl, ScenarioControl, SessionControl } from './client.js'
import { type ControlCall, durationText, searchBody } from './control-call.js'
import type { EndedSession, Hold, JournalRow, OpenSession, WhichSessions } from './shapes.js'

export const clockControl = (call: ControlCall): ClockControl => {
  const time = ({ now }: { readonly now: string }) => new Date(now)
  const move = async (body: object) => time(await call('PUT', '/clock', { body }))
  return {
    now: async () => time(await call('GET', '/clock')),
    freeze: () => move({ action: 'freeze' }),
    run: () => move({ action: 'run' }),
    set: async to => move({ action: 'set', to: typeof to === 'string' ? to : new Date(to).toISOString() }),
    advance: by => move({ action: 'advance', by: durationText(by) })
  }
}

export const sessionControl = (call: ControlCall): SessionControl => {
  const end = async (path: string, body: WhichSessions) =>
    (await call<{ ended: EndedSession[] }>('POST', path, { body })).ended
  return {
    list: async (which = {}) =>
      (await call<{ sessions: OpenSession[] }>('GET', '/sessions', { query: { ...which, limit: `${all}` } })).sessions,
    open: session => call('POST', '/sessions', { body: session }),
    expire: (which = {}) => end('/sessions/expire', which),
    revoke: (which = {}) => end('/sessions/revoke', which)
  }
}

/** A limit above every possible count. */
const all = 999_999_999

export const requestControl = (call: ControlCall): RequestControl => {
  const find: RequestControl['find'] = async (search, { limit = all } = {}) =>
    (await call<{ requests: JournalRow[] }>('POST', '/requests/find', { body: { ...searchBody(search), limit } }))
      .requests
  return {
    list: options => find({}, options),
    find,
    count: async (search = {}) =>
      (await call<{ count: number }>('POST', '/requests/count', { body: searchBody(search) })).count,
    wait: (search, { count, within } = {}) =>
      call('POST', '/requests/wait', { body: { ...searchBody(search), count, within: durationText(within) } }),
    clear: async () => (await call<{ cleared: number }>('DELETE', '/requests')).cleared,
    unmatched: async () => (await call<{ requests: JournalRow[] }>('GET', '/requests/unmatched')).requests
  }
}

export const scenarioControl = (call: ControlCall): ScenarioControl => ({
  get: () => call('GET', '/scenario'),
  set: (scenario, { keep } = {}) =>
    call('PUT', '/scenario', {
      query: { keep },
      body: typeof scenario === 'string' ? scenario : JSON.stringify(scenario)
    }),
  reset: () => call('DELETE', '/scenario')
})

export const holdControl = (call: ControlCall): HoldControl => ({
  list: async () => (await call<{ holds: Hold[] }>('GET', '/holds')).holds,
  wait: (name, { count, within } = {}) =>
    call('POST', `/holds/${encodeURIComponent(name)}/wait`, { body: { count, within: durationText(within) } }),
  release: async name =>
    (await call<{ released: number }>('POST', `/holds/${encodeURIComponent(name)}/release`)).released
})
