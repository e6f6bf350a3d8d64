import { createHash } from 'node:crypto'
import { URL, URLSearchParams } from '../base/node-globals.js'
import { isRecord } from '../product/fields.js'
import { defaultSpaceName, spaceName } from '../session/space-values.js'
import type {
  Client,
  ClockControl,
  HoldControl,
  InjectAnswer,
  InjectRequest,
  RequestControl,
  ScenarioControl,
  SessionControl
} from './client.js'
import type { Reply, Transport } from './connect.js'
import type { Duration, EndedSession, Hold, JournalRow, OpenSession, Search, WhichSessions } from './row-types.js'

/** The client of a server, or of one of its spaces. */
export const createClient = (transport: Transport, space?: string): Client => {
  const call = createControlCall(transport, space)
  const prefix = space === undefined || space === defaultSpaceName ? '' : `/~${space}`
  const stop = () => (space === undefined ? transport.stop() : removeSpace(transport, space))
  return {
    url: (product, { secure = false } = {}) => {
      const { origin, base } = transport.locate(product, secure)
      return `${origin}${prefix}${base}`
    },
    inject: async request => readAnswer(await transport.serve(outgoingRequest(request, prefix))),
    space: name => createClient(transport, checkSpaceName(name)),
    clock: clockControl(call),
    sessions: sessionControl(call),
    requests: requestControl(call),
    scenario: scenarioControl(call),
    holds: holdControl(call),
    verify: (expected, options) => verify(call, expected, options),
    verdicts: () => call('GET', '/verdicts'),
    snapshot: ({ rows = false } = {}) => call('GET', '/snapshot', { query: { secrets: 'true', rows: `${rows}` } }),
    restore: async snapshot => {
      await call('PUT', '/snapshot', { body: snapshot })
    },
    fork: async (name, { rows = false } = {}) => {
      const fork = createClient(transport, checkSpaceName(name))
      await call('POST', `/spaces/${space ?? defaultSpaceName}/fork`, { body: { to: name, rows } })
      return fork
    },
    reset: async () => {
      await call('POST', '/reset')
    },
    stop,
    [asyncDispose]: stop
  }
}

const removeSpace = async (transport: Transport, space: string): Promise<void> => {
  try {
    await createControlCall(transport, undefined)('DELETE', '/spaces', { query: { space } })
  } catch (error) {
    if (!(error instanceof ControlError) || error.status !== 404) throw error
  }
}

const verify = async (call: ControlCall, ...[expected, { order, within } = {}]: Parameters<Client['verify']>) => {
  await call('POST', '/verify', {
    body: { requests: [expected].flat().map(searchBody), order, within: durationText(within) }
  })
}

/** Missing in some engines and in contexts of `node:vm`. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')

/**
 * A valid name of a space from the titles of a test, such as its file and its name: the same for the same titles, and another one for
 * others.
 */
export const spaceNameOf = (...titles: readonly [string, ...string[]]): string => {
  const [title] = titles
  if (titles.length === 1 && spaceName.test(title)) return title
  const words = titles
    .join(' ')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 51)
  const hash = createHash('sha256').update(JSON.stringify(titles)).digest('hex').slice(0, 12)
  return words === '' ? hash : `${words}-${hash}`
}

const checkSpaceName = (name: string): string => {
  if (spaceName.test(name)) return name
  throw new Error(
    `a space's name has 1 to 64 letters, digits, ".", "_" or "-"; this one is ${JSON.stringify(name)}; spaceNameOf(title) makes one from any title`
  )
}

const clockControl = (call: ControlCall): ClockControl => {
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

const sessionControl = (call: ControlCall): SessionControl => {
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

const requestControl = (call: ControlCall): RequestControl => {
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

const scenarioControl = (call: ControlCall): ScenarioControl => ({
  get: () => call('GET', '/scenario'),
  set: (scenario, { keep } = {}) =>
    call('PUT', '/scenario', {
      query: { keep },
      body: typeof scenario === 'string' ? scenario : JSON.stringify(scenario)
    }),
  reset: () => call('DELETE', '/scenario')
})

const holdControl = (call: ControlCall): HoldControl => ({
  list: async () => (await call<{ holds: Hold[] }>('GET', '/holds')).holds,
  wait: (name, { count, within } = {}) =>
    call('POST', `/holds/${encodeURIComponent(name)}/wait`, { body: { count, within: durationText(within) } }),
  release: async name =>
    (await call<{ released: number }>('POST', `/holds/${encodeURIComponent(name)}/release`)).released
})

/** Calls a path below `/__admin`. The caller determines the type of the response. */
type ControlCall = <Answer>(method: string, path: string, input?: ControlInput) => Promise<Answer>

const createControlCall =
  (transport: Transport, space: string | undefined): ControlCall =>
  async <Answer>(method: string, path: string, { query, body }: ControlInput = {}) => {
    const named = Object.entries({ ...query }).filter((pair): pair is [string, string] => pair[1] !== undefined)
    const search = named.length === 0 ? '' : `?${new URLSearchParams(named)}`
    const json = typeof body === 'object'
    const reply = await transport.control({
      method,
      // A space in the path is created; a missing one in the query is refused.
      url: `${space === undefined ? '' : `/~${space}`}/__admin${path}${search}`,
      headers: body === undefined ? {} : { 'content-type': json ? 'application/json' : 'text/plain' },
      payload: json ? JSON.stringify(body) : body
    })
    return readReply<Answer>(reply)
  }

interface ControlInput {
  readonly query?: Readonly<Record<string, string | undefined>>
  /** A string is sent as it is, an object as JSON. */
  readonly body?: object | string
}

/** A search as the JSON of the control API. */
const searchBody = <Kind extends Search>({ slower, ...search }: Kind) => ({
  ...search,
  slower: durationText(slower)
})

const durationText = (duration: Duration | undefined): string | undefined =>
  typeof duration === 'number' ? `${duration}ms` : duration

/**
 * A refusal by the control API, or an error of the connection to it. The message has the problem and a remedy, or the differences from an
 * expectation.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError'

  constructor(
    message: string,
    /** The HTTP status: 400 invalid input, 401 missing or wrong admin token, 404 not found, 406 not as expected; 0 without a response. */
    readonly status: number,
    /** The complete response, a problem document of RFC 9457. */
    readonly problem: Readonly<Record<string, unknown>>,
    options?: ErrorOptions
  ) {
    super(message, options)
  }
}

/** The response of the control API. Throws a ControlError for a refusal. */
export const readReply = <Answer>({ status, headers, body }: Reply): Answer => {
  const answer = parseJson<Answer>(body)
  if (status < 300 && answer !== undefined) return answer
  const problem = isRecord(answer) ? answer : {}
  const target = headers.location === undefined ? '' : `, a redirect to ${headers.location}`
  throw new ControlError(
    messageOf(problem) ?? `unexpected response of the control API, with status ${status}${target}`,
    status,
    problem
  )
}

const messageOf = ({ title, detail }: ControlError['problem']): string | undefined => {
  if (typeof detail !== 'string') return undefined
  return title === 'A bug in session-mock' ? `${title}: ${detail}` : detail
}

const parseJson = <Value>(body: string): Value | undefined => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The outgoing request of an `inject`. Throws for a URL with a host. */
const outgoingRequest = (request: string | InjectRequest, prefix: string) => {
  const {
    method = 'GET',
    url,
    headers = {},
    payload
  }: InjectRequest = typeof request === 'string' ? { url: request } : request
  return {
    method,
    url: `${prefix}${pathOf(url)}`,
    headers: { ...typeOf(payload), ...lowerCaseNames(headers) },
    payload: typeof payload === 'object' && !isForm(payload) ? JSON.stringify(payload) : payload?.toString()
  }
}

/** The path and query as they are sent: steps such as `..` cannot leave the space. */
const pathOf = (url: string): string => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) throw new Error(`expected a path, such as /session, found "${url}"`)
  const { pathname, search } = new URL(`http://localhost${url.startsWith('/') ? '' : '/'}${url}`)
  return `${pathname}${search}`
}

/** URLSearchParams of any realm: those of jsdom are no instances of the class of Node.js. */
const isForm = (payload: unknown): boolean => Object.prototype.toString.call(payload) === '[object URLSearchParams]'

const typeOf = (payload: InjectRequest['payload']): Record<string, string> => {
  if (typeof payload !== 'object') return {}
  return {
    'content-type': isForm(payload) ? 'application/x-www-form-urlencoded' : 'application/json'
  }
}

const lowerCaseNames = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

const readAnswer = ({ status, headers, body }: { status: number; headers: InjectAnswer['headers']; body: string }) => ({
  statusCode: status,
  headers,
  body,
  json: (): unknown => JSON.parse(body)
})
