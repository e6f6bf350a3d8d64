import { atEndOfTurn } from '../base/promises.js'
import type { SystemClock } from '../session/clock.js'
import type { Space } from '../space/space.js'
import { LogTrimmer, type LogTrimmerOptions } from './checkpoint.js'
import type { Engine } from './engine.js'
import type { Executor } from './executor.js'
import { batchSize, type Input, type PlacedInput, type Submission, withLag } from './log-input.js'
import type { Appended, Keys, Loaded } from './space-log.js'
import { UnreadableSpace } from './store-error.js'
import type { Redis } from './valkey.js'

interface SpaceReplicaOptions extends LogTrimmerOptions {
  readonly space: Space
  readonly systemClock: SystemClock
  /** Creates the space in the engine, unless another replica does. */
  readonly create: () => Promise<void>
  /** Called when the engine has no such space any more. */
  readonly onGone: () => void
}

interface Reader {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The replica of a space in this process: appends inputs to the log of the space, and executes all inputs of the log in their order. */
export class SpaceReplica {
  readonly #options: SpaceReplicaOptions
  readonly #trimmer: LogTrimmer
  /** The id of the space in the engine, new for each creation; undefined before it is loaded. */
  #id: string | undefined
  /** The last input that was read. */
  #position = 0
  #pending: Submission[] = []
  #readers: Reader[] = []
  /** Sent, and not yet executed, by their numbers. */
  readonly #sent = new Map<number, Submission>()
  #isExchanging = false
  /** A missing space is to be created. */
  #isWanted = false

  constructor(options: SpaceReplicaOptions) {
    this.#options = options
    this.#trimmer = new LogTrimmer(options)
  }

  get space(): Space {
    return this.#options.space
  }

  get executor(): Executor {
    return this.#options.executor
  }

  get isLoaded(): boolean {
    return this.#id !== undefined
  }

  /** Appends an input, in one batch with the others of this turn of the event loop. */
  submit(submission: Submission): void {
    this.#pending.push(submission)
    this.#schedule()
  }

  /** Resolves when all current inputs of the log are executed here. Rejects with a StoreError. */
  catchUp(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject })
      this.#schedule()
    })
  }

  /** The same; a missing space is created. */
  begin(): Promise<void> {
    this.#isWanted = true
    return this.catchUp()
  }

  /** Removes the space from the engine. */
  async remove(): Promise<void> {
    const { log } = this.#options
    if (this.executor.fault) await log.clear()
    else if (this.#id !== undefined) await log.remove(this.#id)
  }

  /** Removes an unreadable space from the engine, and creates it again. */
  async beginAgain(): Promise<void> {
    await this.#options.log.clear()
    await this.begin()
  }

  /** The same as `remove`, unless the space was used since `before`, in Unix milliseconds. */
  async removeUnused(before: number): Promise<boolean> {
    return this.#id !== undefined && this.#options.log.removeUnused(this.#id, this.#position, before)
  }

  #schedule(): void {
    if (this.#isExchanging) return
    this.#isExchanging = true
    atEndOfTurn(() => void this.#exchange().catch(this.#options.failed))
  }

  async #exchange(): Promise<void> {
    try {
      await this.#exchangeAll()
    } finally {
      this.#isExchanging = false
    }
  }

  async #exchangeAll(): Promise<void> {
    while (this.#pending.length > 0 || this.#readers.length > 0) {
      const batch = this.#pending.splice(0, batchSize(this.#pending))
      const readers = this.#readers
      this.#readers = []
      try {
        await this.#send(batch)
        void this.executor.caughtUp().then(() => {
          const { fault } = this.executor
          for (const { resolve, reject } of readers) fault ? reject(fault) : resolve()
        })
      } catch (error) {
        if (error instanceof UnreadableSpace && error !== this.executor.fault) await this.executor.refuse(error)
        for (const submission of batch) this.#sent.delete(submission.input.id)
        for (const submission of batch) submission.onFailed?.(error)
        for (const { reject } of readers) reject(error)
      }
    }
  }

  /** Appends the batch, and hands all inputs up to it to the executor. */
  async #send(batch: readonly Submission[]): Promise<void> {
    const { log, systemClock } = this.#options
    const now = systemClock.elapsed()
    const inputs = batch.map(submission => JSON.stringify(withLag(submission, now)))
    for (const submission of batch) this.#sent.set(submission.input.id, submission)
    for (;;) {
      if (this.#id === undefined) await this.#load(batch.length > 0 || this.#isWanted)
      if (this.#id === undefined) return
      const { fault } = this.executor
      // The log of an unreadable space is only asked whether the space has begun anew, or has a later checkpoint.
      const appended = await log.append(this.#id, this.#position, fault ? [] : inputs)
      const isAppended = appended.is === 'ok' || appended.is === 'done'
      if (isAppended && fault) throw fault
      if (isAppended) return this.#accept(appended, batch, now)
      this.#id = undefined
    }
  }

  #accept({ is, last, at, missed, bytes }: Appended, batch: readonly Submission[], now: number): void {
    const own = is === 'ok' ? batch : []
    const placed = own.map((submission, index) => ({ place: last + 1 + index, at, input: withLag(submission, now) }))
    this.#position = last + placed.length
    for (const entry of [...missed, ...placed]) this.#execute(entry)
    if (own.length > 0) void this.#trimmer.trim(bytes, () => this.#id)
  }

  #execute(entry: PlacedInput): void {
    this.executor.execute(entry, this.#takeSubmission(entry.input))
  }

  /** The submission of an input of this process. */
  #takeSubmission(input: Input): Submission | undefined {
    if (input.type === 'begin' || !this.executor.isOwn(input.from)) return undefined
    const submission = this.#sent.get(input.id)
    this.#sent.delete(input.id)
    return submission
  }

  /** Loads the state of the space from the engine; `isWanted`: a missing space is created. */
  async #load(isWanted: boolean): Promise<void> {
    const { log, create, onGone, executor } = this.#options
    for (;;) {
      const found = await log.load()
      if (found) {
        this.#begin(found)
        // Whether its checkpoint can be read.
        return executor.caughtUp()
      }
      if (!isWanted && !executor.isEternal) {
        onGone()
        return
      }
      await create()
    }
  }

  #begin(found: Loaded): void {
    this.#id = found.id
    this.#isWanted = false
    this.#position = found.checkpoint === '' ? 0 : found.first - 1
    this.#trimmer.reset(found.checkpoint.length)
    this.executor.begin(found)
  }
}

/** Called for each space with possible new inputs. */
type OnNews = (space: string) => void

/**
 * Receives notices of new inputs through a second connection. A notice is only a hint to read the log: after a lost connection, the
 * logs of all followed spaces are read.
 */
export class Follower {
  readonly #engine: Engine
  readonly #keys: Keys
  readonly #onNews: OnNews
  readonly #counts = new Map<string, number>()
  #connecting: Promise<Redis> | undefined

  constructor(engine: Engine, keys: Keys, onNews: OnNews) {
    this.#engine = engine
    this.#keys = keys
    this.#onNews = onNews
  }

  /** The spaces followed by name. */
  get followed(): readonly string[] {
    return [...this.#counts.keys()].filter(name => name !== '')
  }

  get followsAll(): boolean {
    return this.#counts.has('')
  }

  /** Follows a space, or all, until the returned function is called. Rejects with a StoreError. */
  async follow(space: string | undefined): Promise<() => void> {
    const key = space ?? ''
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    const unfollow = () => this.#unfollow(key)
    try {
      const connection = await this.#connection()
      await this.#engine.send(() =>
        space === undefined
          ? connection.psubscribe(this.#keys.allChannels)
          : connection.subscribe(this.#keys.channel(space))
      )
      return unfollow
    } catch (error) {
      unfollow()
      throw error
    }
  }

  close(): void {
    void this.#connecting?.then(
      connection => connection.disconnect(),
      () => undefined
    )
  }

  #unfollow(key: string): void {
    const left = (this.#counts.get(key) ?? 0) - 1
    if (left > 0) {
      this.#counts.set(key, left)
      return
    }
    this.#counts.delete(key)
    void this.#connecting
      ?.then(connection =>
        key === '' ? connection.punsubscribe(this.#keys.allChannels) : connection.unsubscribe(this.#keys.channel(key))
      )
      .catch(() => undefined)
  }

  #connection(): Promise<Redis> {
    this.#connecting ??= this.#connect().catch(error => {
      this.#connecting = undefined
      throw error
    })
    return this.#connecting
  }

  async #connect(): Promise<Redis> {
    const connection = this.#engine.createSubscriber()
    connection.on('error', () => undefined)
    connection.on('message', (channel: string) => this.#onNews(this.#keys.spaceOf(channel)))
    connection.on('pmessage', (_pattern: string, channel: string) => this.#onNews(this.#keys.spaceOf(channel)))
    connection.on('ready', () => {
      for (const space of this.followed) this.#onNews(space)
      if (this.followsAll) this.#onNews('')
    })
    await this.#engine.send(() => connection.connect())
    return connection
  }
}
