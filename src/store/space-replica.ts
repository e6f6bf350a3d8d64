import { atEndOfTurn } from '../base/end-of-turn.js'
import type { Space } from '../space/space.js'
import type { SystemClock } from '../state/clock.js'
import type { Checkpoints } from './checkpoint.js'
import type { Executor } from './executor.js'
import type { Input, PlacedInput } from './input.js'
import type { Appended, Loaded, SpaceLog } from './space-log.js'
import { StoreError } from './store-error.js'
import type { Submission } from './submission.js'

export interface SpaceReplicaOptions {
  readonly space: Space
  readonly log: SpaceLog
  readonly executor: Executor
  readonly systemClock: SystemClock
  readonly checkpoints: Checkpoints
  /** Told what our own code threw. */
  readonly failed: (error: unknown) => void
  /** Begins the space in the engine, unless another replica does; the answer is whether it was this one. */
  readonly create: (log: SpaceLog) => Promise<void>
  /** Told that the space is gone, from the engine or by a failure of it. */
  readonly onGone: () => void
}

interface Reader {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Inputs that are sent at once. */
const mostInputs = 500

/** Bytes that a log may have in any case. */
const leastLog = 1_048_576

/** Characters that are sent at once, about. */
const mostText = 4_194_304

/** One space as this process holds it: sends inputs to its log, and executes all that the log has, in its order. */
export class SpaceReplica {
  readonly #options: SpaceReplicaOptions
  /** Which world of that name it is; undefined before it is loaded. */
  #id: string | undefined
  /** The last input that was read. */
  #position = 0
  #pending: Submission[] = []
  #readers: Reader[] = []
  /** Sent, and not yet executed, by their numbers. */
  readonly #sent = new Map<number, Submission>()
  #isExchanging = false
  /** Bytes of the log from which on it is shortened. */
  #limit = leastLog
  /** Somebody has asked that there be such a space. */
  #isWanted = false

  constructor(options: SpaceReplicaOptions) {
    this.#options = options
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

  /** Sends an input with the others of this turn of the event loop, and sees to it that it is executed. */
  submit(submission: Submission): void {
    this.#pending.push(submission)
    this.#schedule()
  }

  /** Resolves when all inputs that the log has by now are executed here. Rejects with a StoreError. */
  catchUp(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject })
      this.#schedule()
    })
  }

  /** The same; where there is no such space, it begins. */
  begin(): Promise<void> {
    this.#isWanted = true
    return this.catchUp()
  }

  /** Removes the space from the engine. */
  async remove(): Promise<void> {
    if (this.#id !== undefined) await this.#options.log.remove(this.#id)
  }

  /** The same, unless it has been used since that time. */
  async removeUnused(before: number): Promise<boolean> {
    return this.#id !== undefined && this.#options.log.removeUnused(this.#id, this.#position, before)
  }

  #schedule(): void {
    if (this.#isExchanging) return
    this.#isExchanging = true
    atEndOfTurn(() => void this.#exchange())
  }

  async #exchange(): Promise<void> {
    while (this.#pending.length > 0 || this.#readers.length > 0) {
      const batch = this.#takeBatch()
      const readers = this.#readers
      this.#readers = []
      try {
        await this.#send(batch)
        void this.executor.caughtUp().then(() => {
          for (const { resolve } of readers) resolve()
        })
      } catch (error) {
        for (const submission of batch) this.#sent.delete(submission.input.id)
        for (const submission of batch) submission.onFailed?.(error)
        for (const { reject } of readers) reject(error)
      }
    }
    this.#isExchanging = false
  }

  #takeBatch(): Submission[] {
    let text = 0
    const all = this.#pending
    const end = all.findIndex(({ input }, index) => {
      text += input.type === 'call' ? (input.request.text ?? input.request.base64 ?? '').length + 1000 : 1000
      return index > 0 && (index >= mostInputs || text > mostText)
    })
    const batch = end < 0 ? all : all.slice(0, end)
    this.#pending = end < 0 ? [] : all.slice(end)
    return batch
  }

  /** Appends the batch, and hands all inputs up to it to the executor. */
  async #send(batch: readonly Submission[]): Promise<void> {
    const { log, systemClock } = this.#options
    const now = systemClock.elapsed()
    const inputs = batch.map(({ input, since }) =>
      JSON.stringify(input.type === 'call' ? { ...input, lag: now - since } : input)
    )
    for (const submission of batch) this.#sent.set(submission.input.id, submission)
    for (;;) {
      if (this.#id === undefined) await this.#load(batch.length > 0 || this.#isWanted)
      if (this.#id === undefined) return
      const appended = await log.append(this.#id, this.#position, inputs)
      if (appended.is === 'ok' || appended.is === 'done') return this.#accept(appended, batch, now)
      this.#id = undefined
    }
  }

  #accept({ is, last, at, missed, bytes }: Appended, batch: readonly Submission[], now: number): void {
    const own = is === 'ok' ? batch : []
    const placed = own.map(({ input, since }, index) => ({
      place: last + 1 + index,
      at,
      input: input.type === 'call' ? { ...input, lag: now - since } : input
    }))
    this.#position = last + placed.length
    for (const entry of [...missed, ...placed]) this.#execute(entry)
    if (own.length > 0 && bytes > this.#limit) void this.#keepCheckpoint(bytes)
  }

  /** Shortens the log; where that cannot be done now, it is tried again when the log has grown by a tenth. */
  async #keepCheckpoint(bytes: number): Promise<void> {
    const { log, executor, checkpoints, space, failed } = this.#options
    this.#limit = 1.1 * bytes
    await executor.caughtUp()
    const id = this.#id
    const checkpoint = await executor.takeCheckpoint()
    if (!checkpoint || id === undefined) return
    try {
      const text = await checkpoints.write(checkpoint, space.name)
      if (text === undefined || !(await log.keep(id, checkpoint.place, text))) return
      this.#limit = Math.max(leastLog, text.length)
    } catch (error) {
      if (!(error instanceof StoreError)) failed(error)
    }
  }

  #execute(entry: PlacedInput): void {
    this.executor.execute(entry, this.#takeSubmission(entry.input))
  }

  /** What this process has sent, if it is one of its own. */
  #takeSubmission(input: Input): Submission | undefined {
    if (input.type === 'begin' || !this.executor.isOwn(input.from)) return undefined
    const submission = this.#sent.get(input.id)
    this.#sent.delete(input.id)
    return submission
  }

  /** Finds out where to begin; `isWanted`: where there is no such space, there shall be one. */
  async #load(isWanted: boolean): Promise<void> {
    const { log, create, onGone, executor } = this.#options
    for (;;) {
      const found = await log.load()
      if (found) return this.#begin(found)
      if (!isWanted && !executor.isEternal) {
        onGone()
        return
      }
      await create(log)
    }
  }

  #begin(found: Loaded): void {
    this.#id = found.id
    this.#isWanted = false
    this.#position = found.checkpoint === '' ? 0 : found.first - 1
    this.#limit = Math.max(leastLog, found.checkpoint.length)
    this.executor.begin(found)
  }
}
