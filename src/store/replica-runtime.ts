import { hash } from 'node:crypto'
import type { EventPlace } from '../journal/events.js'
import type { SpaceRuntime } from '../space/space-runtime.js'
import type { SystemClock } from '../state/clock.js'
import type { RandomSource } from '../state/random.js'
import { Execution, type Unit } from './execution.js'

/** Told of a wait of a call, by its length in milliseconds. */
export type OnSleep = (unit: Unit, ms: number) => void

/** What a space is driven by with a store: the times of its inputs, and chance that is made of its log. */
export class ReplicaRuntime implements SpaceRuntime {
  readonly execution = new Execution()
  readonly gate = this.execution.wait
  readonly systemClock: SystemClock
  readonly random: RandomSource
  #at = 0
  #place = 0
  #draws = 0
  #events = 0
  #secret = ''
  #isExecuting = false
  readonly #real: SystemClock
  readonly #replica: string

  constructor(real: SystemClock, replica: string, onSleep: OnSleep) {
    this.#real = real
    this.#replica = replica
    const now = () => this.now()
    this.systemClock = {
      now,
      elapsed: now,
      sleep: (ms, signal) => this.#sleep(ms, signal, onSleep),
      every: (ms, task) => real.every(ms, task)
    }
    this.random = {
      root: () => hash('sha256', `${this.#secret}\0${this.#place}\0root`),
      bytes: purpose => {
        this.#draws += 1
        return hash('sha256', `${this.#secret}\0${this.#place}\0${this.#draws}\0${purpose}`, 'buffer')
      }
    }
  }

  /** The time of the input that is executed; to those who look in between, the real time, which is never before that. */
  now(): number {
    return this.#isExecuting ? this.#at : Math.max(this.#at, this.#real.now())
  }

  readonly isReadOnly = (): boolean => !this.#isExecuting

  /** What is executed is for a client of this process. */
  get isOwn(): boolean {
    return this.execution.current?.replica === this.#replica
  }

  /** How many events the space has told of. */
  get events(): number {
    return this.#events
  }

  set events(count: number) {
    this.#events = count
  }

  /** The place of the next event. */
  nextEvent(): EventPlace {
    this.#events += 1
    return { number: this.#events, at: this.#at }
  }

  /** What the chance of the space is made of. */
  get secret(): string {
    return this.#secret
  }

  set secret(secret: string) {
    this.#secret = secret
  }

  /** An input is executed from now on. */
  begin(place: number, at: number): void {
    this.#place = place
    this.#at = at
    this.#draws = 0
    this.#isExecuting = true
  }

  finish(): void {
    this.#isExecuting = false
  }

  /** A wait that an input ends. */
  #sleep(ms: number, signal: AbortSignal | undefined, onSleep: OnSleep): Promise<void> {
    const unit = this.execution.current
    return new Promise(resolve => {
      const end = () => {
        signal?.removeEventListener('abort', end)
        goOn(resolve)
      }
      const goOn = this.execution.wait(end)
      signal?.addEventListener('abort', end, { once: true })
      if (unit) onSleep(unit, ms)
    })
  }
}
