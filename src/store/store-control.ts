import type { ControlReplication, ControlRequest, Endpoint } from '../control/endpoint.js'
import { Problem } from '../http/problem.js'
import type { Space } from '../space/space.js'
import type { Spaces } from '../space/spaces.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { ControlResult } from './control-player.js'
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
  /** How many events a space has told of. */
  readonly eventsOf: (space: string) => number
  /** When the first replica began. */
  readonly startedAt: () => number
  /** The snapshot of a space, with whole tokens. */
  readonly documentOf: (space: Space, rows: boolean) => Promise<object>
  /** Brings what is known of all spaces up to date; the answer is their names. */
  readonly refresh: () => Promise<readonly string[]>
}

/** The control API over spaces that other processes hold too. */
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

  async prepare({ stateless }: Endpoint, space: string | undefined, makes: boolean): Promise<void> {
    if (stateless && !this.#options.engine.isUp) return
    try {
      await this.#prepare(space, makes)
    } catch (error) {
      if (!stateless) throw asProblem(error)
    }
  }

  async run(endpoint: Endpoint, ask: ControlRequest): Promise<unknown> {
    const { changes, method, path } = endpoint
    if (changes === undefined) return endpoint.run(ask)
    try {
      if (`${method} ${path}` === 'DELETE /spaces') return await this.#drop(ask)
      if (changes === 'expiry') {
        await Promise.all(ask.spaces.map(({ name }) => this.#options.replicas.request(name, { type: 'notice' })))
        return await endpoint.run(ask)
      }
      if (changes === 'one') return await this.#runIn(endpoint, ask, ask.space)
      const isScenario = path === '/scenario' && !ask.scoped
      return isScenario ? await this.#runScenario(endpoint, ask) : await this.#runInEach(endpoint, ask, ask.spaces)
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
    const input = { type: 'control' as const, endpoint: 'PUT /snapshot', query: {}, params: {}, body: document }
    const result = (await replicas.request(to, input).catch(error => {
      throw asProblem(error)
    })) as ControlResult
    if ('thrown' in result) throw result.thrown
    return space
  }

  async follow(space: string | undefined): Promise<() => void> {
    try {
      const unfollow = await this.#options.follower.follow(space)
      // What happened before it was heard of.
      await this.#prepare(space, false)
      return unfollow
    } catch (error) {
      throw asProblem(error)
    }
  }

  async #prepare(space: string | undefined, makes: boolean): Promise<void> {
    const { refresh, replicas } = this.#options
    const names = await refresh()
    if (space !== undefined && makes && !names.includes(space)) {
      await replicas.of(space).begin()
      return
    }
    const all = new Set([defaultSpaceName, ...names, ...replicas.list().map(each => each.space.name)])
    const wanted = space === undefined ? [...all] : [...all].filter(name => name === space)
    await Promise.all(wanted.map(name => replicas.of(name).catchUp()))
  }

  async #runIn({ method, path }: Endpoint, ask: ControlRequest, space: Space): Promise<unknown> {
    const { space: _space, ...query } = ask.query
    const { params, sent: body } = ask
    const input = { type: 'control' as const, endpoint: `${method} ${path}`, query, params, body }
    const result = (await this.#options.replicas.request(space.name, input)) as ControlResult
    if ('thrown' in result) throw result.thrown
    return result.value
  }

  /** In each of the spaces; it is refused where it is refused in all. */
  async #runInEach(endpoint: Endpoint, ask: ControlRequest, spaces: readonly Space[]): Promise<unknown> {
    const results = await Promise.allSettled(spaces.map(space => this.#runIn(endpoint, ask, space)))
    const values = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    const broken = results.find(result => result.status === 'rejected' && !(result.reason instanceof Problem))
    const [refused] = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
    if (values.length === 0 || broken?.status === 'rejected')
      throw broken?.status === 'rejected' ? broken.reason : refused
    return limited(mergeResults(values), ask.query.limit)
  }

  /** First in the default space, by which it is known to be right; then new spaces begin with it, and all others do. */
  async #runScenario(endpoint: Endpoint, ask: ControlRequest): Promise<unknown> {
    const { spaces, registry, refresh } = this.#options
    const answer = await this.#runIn(endpoint, ask, spaces.default)
    await registry.setScenario(scenarioData(spaces.default.scenario))
    await refresh()
    const others = spaces.list().filter(space => space !== spaces.default)
    if (others.length > 0) await this.#runInEach(endpoint, ask, others)
    return answer
  }

  async #drop(ask: ControlRequest): Promise<unknown> {
    const { spaces, replicas, registry } = this.#options
    const dropped = ask.spaces.filter(space => space !== spaces.default)
    await Promise.all(
      dropped.map(async ({ name }) => {
        await replicas.of(name).remove()
        await registry.forget(name)
        await replicas.of(name).catchUp()
      })
    )
    if (ask.spaces.includes(spaces.default))
      await replicas.request(defaultSpaceName, {
        type: 'control',
        endpoint: 'POST /reset',
        query: {},
        params: {}
      })
    return { dropped: dropped.map(({ name }) => name) }
  }
}

/** Lists that are limited in each space are so in all of them together. */
const limited = (answer: unknown, limit: string | undefined): unknown => {
  const { sessions } = answer as { readonly sessions?: unknown }
  if (limit === undefined || !Array.isArray(sessions)) return answer
  return { ...(answer as object), sessions: limit === '0' ? [] : sessions.slice(-Number(limit)) }
}

const asProblem = (error: unknown): unknown =>
  error instanceof StoreError
    ? new Problem(503, 'The store cannot be used', `${error.message}. The request may not have been executed.`)
    : error
