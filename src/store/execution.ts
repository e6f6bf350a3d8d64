import type { MaybePromise } from '../base/maybe-promise.js'

/** A call or a control request of a space, from its input to its end; it may wait in between. */
export class Unit {
  /** Aborted when its client has gone. */
  readonly leaving = new AbortController()
  /** How often it has begun to wait. */
  waits = 0
  /** Ends its wait; undefined where it does not wait. */
  end: (() => void) | undefined
  isOver = false
  /** Told when it is over, where it has waited. */
  onOver: (() => void) | undefined

  constructor(
    /** The replica whose client it is. */
    readonly replica: string,
    readonly place: number
  ) {}
}

interface Resumed {
  readonly unit: Unit
  readonly resume: () => void
}

/**
 * Runs the units of a space one at a time: each until it is over or waits. Several whose waits end together go on one after the
 * other, so that every process executes them in the same order, however long its own steps take.
 */
export class Execution {
  #current: Unit | undefined
  #onPause: (() => void) | undefined
  readonly #resumed: Resumed[] = []

  /** The one that runs. */
  get current(): Unit | undefined {
    return this.#current
  }

  /** Runs it, and then those whose waits it has ended. */
  run(unit: Unit, work: () => MaybePromise<void>): MaybePromise<void> {
    this.#current = unit
    const finished = work()
    if (finished instanceof Promise) {
      void finished.finally(() => {
        unit.isOver = true
        if (this.#current === unit) this.#pause()
      })
      return this.#untilPause().then(() => this.runResumed())
    }
    unit.isOver = true
    this.#current = undefined
    return this.runResumed()
  }

  /** Runs those whose waits have ended. */
  runResumed(): MaybePromise<void> {
    const next = this.#resumed.shift()
    if (!next) return undefined
    this.#current = next.unit
    next.resume()
    return this.#untilPause().then(() => this.runResumed())
  }

  /** The one that runs begins to wait; `end` ends that. What it gives lets it go on when its turn comes. */
  readonly wait = (end: () => void): ((resume: () => void) => void) => {
    const unit = this.#current
    if (!unit) return resume => resume()
    unit.waits += 1
    unit.end = end
    this.#pause()
    return resume => {
      unit.end = undefined
      this.#resumed.push({ unit, resume })
    }
  }

  #pause(): void {
    this.#current = undefined
    const told = this.#onPause
    this.#onPause = undefined
    told?.()
  }

  #untilPause(): Promise<void> {
    if (!this.#current) return Promise.resolve()
    return new Promise(resolve => {
      this.#onPause = resolve
    })
  }
}
