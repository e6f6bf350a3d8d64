import type { ControlReplication, ControlRequest, Endpoint } from '../control/endpoint.js'
import { Problem } from '../http/problem.js'
import { isRecord } from '../kit/fields.js'
import type { Space } from '../space/space.js'
import type { Spaces } from '../space/spaces.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { Engine } from './engine.js'
import type { Follower } from './follower.js'
import { mergeResults } from './merge-results.js'
import type { Registry } from './registry.js'
import type { Replicas } from './replicas.js'
import { scenarioData } from './scenario-data.js'
import { StoreError } from './store-error.js'

export interface StoreControlOptions {
  readonly spaces: Spaces
  readonly replicas: Replicas
  readonly registry: Registry
  readonly engine: Engine
  readonly follower: Follower
  /** Number of events of a space so far. */
  readonly eventsOf: (space: string) => number
  /** Start of the first replica, in Unix milliseconds. */
  readonly startedAt: () => number
  /** The snapshot of a space, with whole tokens. */
  readonly documentOf: (space: Space, rows: boolean) => Promise<object>
  /** Reads the registry, and returns the names of all spaces. */
  readonly refresh: () => Promise<readonly string[]>
}

/** The control API over spaces that several processes share. */
export class StoreControl implements ControlReplication {
  readonly #options: StoreControlOptions

  constructor(options: StoreControlOptions) {
    this.#options = options
  }

  get startedAt(): number {
    return this.#options.startedAt()
  }

  readonly eventsOf = (space: string): number => this.#options.eventsOf(space)

  get trouble(): string | undefined {
    const { trouble } = this.#options.engine
    return trouble && `the store cannot be used: ${trouble}`
  }

  async prepare({ stateless }: Endpoint, space: string | undefined, createsSpace: boolean): Promise<void> {
    if (stateless && this.#options.engine.trouble !== undefined) return
    try {
      await this.#prepare(space, createsSpace)
    } catch (error) {
      if (!stateless) throw asProblem(error)
    }
  }

  async run(endpoint: Endpoint, request: ControlRequest): Promise<unknown> {
    const { changes, method, path } = endpoint
    if (changes === undefined) return endpoint.run(request)
    try {
      if (`${method} ${path}` === 'DELETE /spaces') return await this.#drop(request)
      if (changes === 'expiry') {
        await Promise.all(request.spaces.map(({ name }) => this.#options.replicas.request(name, { type: 'notice' })))
        return await endpoint.run(request)
      }
      if (changes === 'one') return await this.#runIn(endpoint, request, request.space)
      const isScenario = path === '/scenario' && !request.scoped
      return isScenario
        ? await this.#runScenario(endpoint, request)
        : await this.#runInEach(endpoint, request, request.spaces)
    } catch (error) {
      throw asProblem(error)
    }
  }

  async make(name: string): Promise<{ readonly space: Space; readonly isNew: boolean }> {
    const { replicas } = this.#options
    try {
      const isNew = await replicas.make(name)
      return { space: replicas.of(name).space, isNew }
    } catch (error) {
      throw asProblem(error)
    }
  }

  async fork(source: Space, to: string, rows: boolean): Promise<Space> {
    const { replicas, documentOf } = this.#options
    const document = await documentOf(source, rows)
    const { space } = await this.make(to)
    const input = { endpoint: 'PUT /snapshot', query: {}, params: {}, body: document }
    await replicas.control(to, input).catch(error => {
      throw asProblem(error)
    })
    return space
  }

  async follow(space: string | undefined): Promise<() => void> {
    try {
      const unfollow = await this.#options.follower.follow(space)
      // The inputs before the subscription.
      await this.#prepare(space, false)
      return unfollow
    } catch (error) {
      throw asProblem(error)
    }
  }

  async #prepare(space: string | undefined, createsSpace: boolean): Promise<void> {
    const { refresh, replicas } = this.#options
    const names = await refresh()
    if (space !== undefined && createsSpace && !names.includes(space)) {
      await replicas.of(space).begin()
      return
    }
    const all = new Set([defaultSpaceName, ...names, ...replicas.list().map(each => each.space.name)])
    const wanted = space === undefined ? [...all] : [...all].filter(name => name === space)
    await Promise.all(wanted.map(name => replicas.of(name).catchUp()))
  }

  async #runIn({ method, path }: Endpoint, request: ControlRequest, space: Space): Promise<unknown> {
    const { space: _space, ...query } = request.query
    const { params, sent: body } = request
    return this.#options.replicas.control(space.name, { endpoint: `${method} ${path}`, query, params, body })
  }

  /** Runs the request in each of the spaces; it is refused if it is refused in all. */
  async #runInEach(endpoint: Endpoint, request: ControlRequest, spaces: readonly Space[]): Promise<unknown> {
    const results = await Promise.allSettled(spaces.map(space => this.#runIn(endpoint, request, space)))
    const values = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    const broken = results.find(result => result.status === 'rejected' && !(result.reason instanceof Problem))
    const [refused] = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
    if (values.length === 0 || broken?.status === 'rejected')
      throw broken?.status === 'rejected' ? broken.reason : refused
    return limited(mergeResults(values), request.query.limit)
  }

  /** Runs the request in the default space first, which checks the scenario; then sets it for new spaces and in all others. */
  async #runScenario(endpoint: Endpoint, request: ControlRequest): Promise<unknown> {
    const { spaces, registry, refresh } = this.#options
    const answer = await this.#runIn(endpoint, request, spaces.default)
    await registry.setScenario(scenarioData(spaces.default.scenario))
    await refresh()
    const others = spaces.list().filter(space => space !== spaces.default)
    if (others.length > 0) await this.#runInEach(endpoint, request, others)
    return answer
  }

  async #drop(request: ControlRequest): Promise<unknown> {
    const { spaces, replicas, registry } = this.#options
    const dropped = request.spaces.filter(space => space !== spaces.default)
    await Promise.all(
      dropped.map(async ({ name }) => {
        await replicas.of(name).remove()
        await registry.forget(name)
        await replicas.of(name).catchUp()
      })
    )
    if (request.spaces.includes(spaces.default))
      await replicas.control(defaultSpaceName, { endpoint: 'POST /reset', query: {}, params: {} })
    return { dropped: dropped.map(({ name }) => name) }
  }
}

/** Applies the limit of a list in each space to the joined list too. */
const limited = (answer: unknown, limit: string | undefined): unknown => {
  if (limit === undefined || !isRecord(answer) || !Array.isArray(answer.sessions)) return answer
  const { sessions } = answer
  return { ...answer, sessions: limit === '0' ? [] : sessions.slice(-Number(limit)) }
}

const asProblem = (error: unknown): unknown =>
  error instanceof StoreError
    ? new Problem(503, 'The store cannot be used', `${error.message}. The request may not have been executed.`)
    : error
