import type { Server, ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { nearest } from '../base/errors.js'
import { containsExpression, loadExpressions } from '../base/expression.js'
import { parseJsonInSlices } from '../base/json.js'
import { AbortController, isError } from '../base/node-globals.js'
import { type InputError, inputProblem, Problem } from '../http/problem.js'
import type { AddressedRequest, Answer } from '../http/response.js'
import type { Entry } from '../journal/entry.js'
import type { Event } from '../journal/events.js'
import { type Redactor, redactorOf, secretsOf } from '../journal/redactor.js'
import { isSecret } from '../journal/secret-fields.js'
import { isDecodable } from '../product/body.js'
import { controlPath } from '../product/routes.js'
import type { Check } from '../scenario/format/schema-check.js'
import { formatPath } from '../scenario/validation-issue.js'
import { defaultSpaceName, spaceName } from '../session/space-values.js'
import type { Space } from '../space/space.js'
import type { ControlContext, ControlRequest, Endpoint } from './endpoint.js'

/** A request with texts as query and path parameters. */
export type EndpointRequest = FastifyRequest<EndpointTexts, Server, AddressedRequest>

export interface EndpointTexts {
  Querystring: Record<string, string>
  Params: Record<string, string>
}

/** The checked input of a request. Throws a Problem with all errors of its query or its body. */
export const readControlRequest = async (
  endpoint: Endpoint,
  checks: Checks,
  request: EndpointRequest,
  response: ServerResponse,
  context: ControlContext
): Promise<ControlRequest> => {
  const { query, params } = request
  const addressed = request.raw.spaceName
  if (!isDecodable(request.url.split('?', 2)[1] ?? '')) throw undecodableUrl(request)
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  if (containsExpression(query)) await loadExpressions()
  throwErrors('query', checks.query({ ...query }))
  const sent = endpoint.text ? String(request.body ?? '') : await parseJson(endpoint, request, context)
  const body = endpoint.text && !endpoint.read ? sent : await readBody(endpoint, checks, sent, context)
  await context.replication?.prepare(
    endpoint,
    query.space ?? addressed,
    endpoint.createsSpace ?? query.space === undefined
  )
  const space = spaceOf(query.space, addressed, endpoint, context)
  return {
    context,
    space: space ?? context.spaces.default,
    spaces: space ? [space] : context.spaces.list(),
    scoped: space !== undefined,
    query,
    params,
    body,
    // It may be large, and only a store needs it.
    sent: context.replication && sent,
    headers: request.headers,
    origin: `${request.protocol}://${request.host}`,
    gone: gone.signal
  }
}

/** The checked JSON of the body. */
const readBody = async (
  endpoint: Endpoint,
  checks: Checks,
  body: unknown,
  context: ControlContext
): Promise<unknown> => {
  if (endpoint.read) return endpoint.read(body, context)
  if (containsExpression(body)) await loadExpressions()
  if (endpoint.body !== undefined) throwErrors('body', checks.body(body))
  return body
}

/** The space of the request. Its path, header or port creates a space as for products; `?space=` must exist, unless the endpoint creates it. */
const spaceOf = (
  name: string | undefined,
  addressed: string | undefined,
  { createsSpace }: Endpoint,
  { spaces }: ControlContext
): Space | undefined => {
  if (name === undefined) return addressed === undefined ? undefined : spaces.get(addressed)
  if (createsSpace || spaces.find(name)) return spaces.get(name)
  throw unknownSpace(name, { spaces })
}

/** Throws a Problem with the errors, each once: two keywords of a schema can report the same one. */
const throwErrors = (part: InputError['in'], errors: ReturnType<Check>): void => {
  const unique = new Map(errors.map(({ path, message }) => [`${formatPath(path)} ${message}`, { path, message }]))
  if (unique.size === 0) return
  throw inputProblem(...[...unique.values()].map(({ path, message }) => ({ in: part, at: formatPath(path), message })))
}

const parseJson = async ({ body }: Endpoint, request: EndpointRequest, context: ControlContext): Promise<unknown> => {
  const sent = Buffer.isBuffer(request.body) ? request.body : String(request.body ?? '').trim()
  if (sent === '') return body === undefined ? undefined : {}
  if (body === undefined) throw new Problem(400, 'Invalid request', 'This path takes no body.')
  try {
    return typeof sent === 'string' ? JSON.parse(sent) : await parseJsonInSlices(sent, context.slices)
  } catch (error) {
    throw new Problem(400, 'Invalid JSON', isError(error) ? error.message : 'It cannot be read.')
  }
}

export const undecodableUrl = ({ url }: Pick<FastifyRequest, 'url'>): Problem =>
  new Problem(400, 'Invalid URL', `${url} has percent-encoding that is not UTF-8; a percent sign itself is %25.`)

/** The checks of an endpoint's input. */
export interface Checks {
  readonly query: Check
  readonly body: Check
}

/** The checks of an endpoint, compiled at the first call of the result: few endpoints are used by one client. */
export const checksOf = ({ body, read, query = {} }: Endpoint, compile: (schema: object) => Check): (() => Checks) => {
  let checks: Checks | undefined
  const parameters = {
    type: 'object',
    title: 'query parameters',
    additionalProperties: false,
    properties: { space: { type: 'string', pattern: spaceName.source, title: 'the name of a space' }, ...query }
  }
  return () => {
    checks ??= { query: compile(parameters), body: compile(typeof body === 'object' && !read ? body : {}) }
    return checks
  }
}

/** A JSON response. */
export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${JSON.stringify(value)}\n`
})

/** All entries of these spaces, with requests in progress, in the order of arrival. */
export const entriesOf = ({ spaces }: { readonly spaces: readonly Space[] }): Entry[] => {
  const entries = spaces.flatMap(({ journal, underway }) => [...journal.entries(), ...underway.entries()])
  return spaces.length === 1
    ? entries.sort((a, b) => a.number - b.number)
    : entries.sort((a, b) => a.recordedAt - b.recordedAt || a.number - b.number)
}

/** The refusal of an unknown space, with the nearest name. */
export const unknownSpace = (name: string, { spaces }: Pick<ControlContext, 'spaces'>): Problem => {
  const names = spaces.list().map(space => space.name)
  const meant = nearest(name, names)
  return new Problem(404, 'No such space', `There is no space "${name}"${meant ? `; did you mean ${meant}?` : '.'}`, {
    spaces: names.slice(0, 100)
  })
}

/** Maximum number of waiting requests. */
const most = 1000

/** True if `count` matching requests are in the journal within `ms`, with those already in it. */
export const waitForCount = (
  request: ControlRequest,
  matches: (entry: Entry) => boolean,
  count: number,
  ms: number
): Promise<boolean> => {
  let left = count - entriesOf(request).filter(matches).length
  return waitUntil(
    request,
    event => {
      const payload = event?.payload
      if ((payload?.kind === 'request' || payload?.kind === 'underway') && matches(payload.entry)) left -= 1
      return left <= 0
    },
    ms
  )
}

/**
 * Checks now and at each event of the space, until the result is true or `ms` of real time have passed. Throws a Problem if too
 * many requests wait.
 */
export const waitUntil = async (
  request: ControlRequest,
  isTrue: (event?: Event) => boolean,
  ms: number
): Promise<boolean> => {
  const { context, scoped, gone, space } = request
  if (isTrue()) return true
  if (ms === 0 || gone.aborted) return false
  if (context.waiting.count >= most)
    throw new Problem(
      503,
      'Too many waiting clients',
      `${most} requests are waiting already; reduce the parallel waits.`
    )
  context.waiting.count += 1
  const done = new AbortController()
  const stop = () => done.abort()
  let isReached = false
  const unsubscribe = context.events.subscribe(event => {
    if (isReached || (scoped && event.space !== space.name)) return
    isReached = isTrue(event)
    if (isReached) stop()
  })
  gone.addEventListener('abort', stop, { once: true })
  space.stopping.addEventListener('abort', stop, { once: true })
  let unfollow: (() => void) | undefined
  try {
    unfollow = await context.replication?.follow(scoped ? space.name : undefined)
    await context.systemClock.sleep(ms, done.signal)
    return isReached
  } finally {
    unsubscribe()
    unfollow?.()
    space.stopping.removeEventListener('abort', stop)
    context.waiting.count -= 1
  }
}

/** The log entry of a change by the control API: a line such as `control ~w1 PUT /__admin/clock action=advance by=31m`, and its fields. */
export const describeChange = (
  { method, path, text }: Endpoint,
  { space, scoped, params, body }: ControlRequest
): [line: string, fields: Record<string, unknown>] => {
  const url = `${controlPath}${path.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '')}`
  const redact = redactorOf(space.secrets)
  const input = text ? { title: secretsOf(space.scenario).title } : plainValues(body, redact)
  const words = Object.entries(input).map(([key, value]) => `${key}=${value}`)
  const prefix = scoped && space.name !== defaultSpaceName ? [`~${space.name}`] : []
  const line = ['control', ...prefix, method, url, ...words].join(' ').replace(/\p{C}/gu, '?')
  return [line, { ...(scoped && { space: space.name }), method, url, ...input }]
}

/** Texts and numbers, without secrets. */
const plainValues = (body: unknown, redact: Redactor): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(typeof body === 'object' && body !== null ? body : {}).flatMap(
      ([key, value]): [string, string | number][] => {
        if (isSecret(key)) return []
        if (typeof value === 'string') return [[key, redact(value)]]
        return typeof value === 'number' ? [[key, value]] : []
      }
    )
  )
