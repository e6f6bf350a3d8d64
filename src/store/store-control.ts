import {
  type ControlReplication,
  type ControlRequest,
  type Endpoint,
  type EndpointResult,
  JsonList,
  type MergeableResult,
  type MergeableValue,
  runEndpoint
} from '../control/endpoint.js'
import { Problem } from '../http/problem.js'
import { defaultSpaceName } from '../session/space-values.js'
import type { Space } from '../space/space.js'
import type { Spaces } from '../space/spaces.js'
import type { Engine } from './engine.js'
import { type Registry, scenarioData } from './registry.js'
import type { Replicas } from './replicas.js'
import type { Follower } from './space-replica.js'
import { StoreError, UnreadableSpace } from './store-error.js'

interface StoreControlOptions {
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
    const { engine, replicas } = this.#options
    if (engine.trouble !== undefined) return `the store cannot be used: ${engine.trouble}`
    return replicas.find(defaultSpaceName)?.executor.fault?.message
  }

  async prepare(endpoint: Endpoint, space: string | undefined, createsSpace: boolean): Promise<void> {
    const { stateless } = endpoint
    if (stateless && this.#options.engine.trouble !== undefined) return
    try {
      await this.#prepare(space, createsSpace)
    } catch (error) {
      if (stateless || (error instanceof UnreadableSpace && isNewBeginning(endpoint))) return
      throw asProblem(error)
    }
  }

  async run(endpoint: Endpoint, request: ControlRequest): Promise<EndpointResult> {
    try {
      return await this.#run(endpoint, request)
    } catch (error) {
      throw asProblem(error)
    }
  }

  async #run(endpoint: Endpoint, request: ControlRequest): Promise<EndpointResult> {
    const { changes, path } = endpoint
    if (isNewBeginning(endpoint)) return path === '/reset' ? this.#reset(request) : this.#drop(request)
    const readable = { ...request, spaces: request.spaces.filter(({ name }) => !this.#faultOf(name)) }
    if (changes === 'one') return this.#runIn(endpoint, readable, request.space)
    if (changes === 'each')
      return path === '/scenario' && !request.scoped
        ? this.#runScenario(endpoint, readable)
        : this.#runInEach(endpoint, readable)
    if (changes === 'expiry') {
      const { replicas } = this.#options
      await eachReadable(readable.spaces, ({ name }) => replicas.request(name, { type: 'notice' }))
    }
    return runEndpoint(endpoint, readable)
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
    const { spaces, replicas, documentOf } = this.#options
    const fault = this.#faultOf(source.name)
    if (fault) throw asProblem(fault)
    const release = spaces.reserveCopy(source)
    try {
      const document = await documentOf(source, rows)
      const { space } = await this.make(to)
      await replicas.control(to, { endpoint: 'PUT /snapshot', query: {}, params: {}, body: document })
      return space
    } catch (error) {
      throw asProblem(error)
    } finally {
      release()
    }
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
    if (space === undefined) await replicas.of(defaultSpaceName).catchUp()
    const catchUp = (name: string) => replicas.of(name).catchUp()
    await (space === undefined ? eachReadable(wanted, catchUp) : Promise.all(wanted.map(catchUp)))
  }

  #faultOf(space: string): StoreError | undefined {
    return this.#options.replicas.find(space)?.executor.fault
  }

  async #runIn(
    { method, path }: Endpoint,
    request: ControlRequest,
    space: Space,
    { isChecked = false } = {}
  ): Promise<EndpointResult> {
    const { space: _space, ...query } = request.query
    const { params, sent: body } = request
    return this.#options.replicas.control(space.name, {
      endpoint: `${method} ${path}`,
      query,
      params,
      body,
      ...(isChecked && { isChecked })
    })
  }

  /** Runs the request in each of its spaces; it is refused if it is refused in all. */
  async #runInEach(endpoint: Endpoint, request: ControlRequest): Promise<EndpointResult> {
    const isChecked = request.spaces.length > 1
    if (isChecked) await endpoint.check?.(request)
    const results = await eachReadable(request.spaces, space => this.#runIn(endpoint, request, space, { isChecked }))
    return mergeResults(results.map(asMergeable))
  }

  /** Runs the request in the default space first, which checks the scenario; then sets it for new spaces and in all others. */
  async #runScenario(endpoint: Endpoint, request: ControlRequest): Promise<EndpointResult> {
    const { spaces, registry, refresh } = this.#options
    const answer = await this.#runIn(endpoint, request, spaces.default)
    await registry.setScenario(scenarioData(spaces.default.scenario))
    await refresh()
    const others = request.spaces.filter(space => space !== spaces.default)
    if (others.length > 0) await this.#runInEach(endpoint, { ...request, spaces: others })
    return answer
  }

  async #reset({ spaces }: ControlRequest): Promise<EndpointResult> {
    await Promise.all(spaces.map(space => this.#resetOne(space)))
    return { reset: spaces.map(({ name }) => name) }
  }

  /** An unreadable space is created again. */
  async #resetOne({ name }: Space): Promise<void> {
    const { replicas } = this.#options
    if (this.#faultOf(name)) await replicas.of(name).beginAgain()
    else await replicas.control(name, { endpoint: 'POST /reset', query: {}, params: {} })
  }

  async #drop(request: ControlRequest): Promise<EndpointResult> {
    const { spaces, replicas, registry } = this.#options
    const dropped = request.spaces.filter(space => space !== spaces.default)
    await Promise.all(
      dropped.map(async ({ name }) => {
        await replicas.of(name).remove()
        await registry.forget(name)
        await replicas.of(name).catchUp()
      })
    )
    if (request.spaces.includes(spaces.default)) await this.#dropDefault()
    return { dropped: dropped.map(({ name }) => name) }
  }

  /** The default space is only reset, to the scenario of new spaces. */
  async #dropDefault(): Promise<void> {
    const { spaces, replicas } = this.#options
    if (this.#faultOf(defaultSpaceName)) return replicas.of(defaultSpaceName).beginAgain()
    const { shipped, text } = scenarioData(spaces.scenario)
    const body = shipped ?? text
    const endpoint = body === undefined ? 'DELETE /scenario' : 'PUT /scenario'
    await replicas.control(defaultSpaceName, { endpoint, query: {}, params: {}, body })
  }
}

/** Discards the state of spaces, so that unreadable ones are allowed. */
const isNewBeginning = ({ method, path }: Endpoint): boolean =>
  ['POST /reset', 'DELETE /spaces'].includes(`${method} ${path}`)

/** The results of `work` for each item, without those of unreadable spaces; throws if there is no other. Waits for all. */
const eachReadable = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>
): Promise<Result[]> => {
  const results = await Promise.allSettled(items.map(work))
  const failures = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
  const failure = failures.find(each => !(each instanceof UnreadableSpace))
  if (failure !== undefined) throw failure
  if (failures.length > 0 && failures.length === items.length) throw failures[0]
  return results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
}

const asProblem = (error: unknown): unknown => {
  if (error instanceof UnreadableSpace) return new Problem(503, 'The space cannot be read', `${error.message}.`)
  if (!(error instanceof StoreError)) return error
  return new Problem(503, 'The store cannot be used', `${error.message}. The request may not have been executed.`)
}

/**
 * The result of a control request to several spaces, from its results in each: lists are joined, numbers added, other values are those
 * of the first space.
 */
const mergeResults = (results: readonly MergeableResult[]): MergeableResult => {
  const [first = {}] = results
  return Object.fromEntries(
    Object.entries(first).map(([key, value]) => [
      key,
      merge(
        value,
        results.map(result => result[key])
      )
    ])
  )
}

const merge = (
  first: MergeableValue | undefined,
  values: readonly (MergeableValue | undefined)[]
): MergeableValue | undefined => {
  if (isList(first)) return JsonList.join(values.filter(isList))
  if (typeof first === 'number') return values.reduce((sum: number, value) => sum + Number(value ?? 0), 0)
  return first
}

/** A result that came back from the log of a space, whose endpoint is known by its name only. Throws for one that cannot be merged. */
const asMergeable = (result: EndpointResult): MergeableResult => {
  if (isMergeable(result)) return result
  throw new Error('the result of a change in each space cannot be merged')
}

const isMergeable = (result: object): result is MergeableResult =>
  Object.values(result).every(
    value => isList(value) || value === undefined || ['string', 'number', 'boolean'].includes(typeof value)
  )

const isList = (value: unknown): value is readonly unknown[] | JsonList =>
  Array.isArray(value) || value instanceof JsonList
