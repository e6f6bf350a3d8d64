import type { PlayedRule } from '../scenario/engine/rule-context.js'
import type { Session } from '../session/sessions.js'
import type { Entry } from './entry.js'
import { requestBytes } from './entry-size.js'

/** What can happen that somebody may want to follow live. */
export type EventPayload =
  | { readonly kind: 'request'; readonly entry: Entry }
  | { readonly kind: 'underway'; readonly entry: Entry }
  | { readonly kind: 'session'; readonly session: Session; readonly change: 'opened' | 'ended' }
  | { readonly kind: 'rule'; readonly rule: PlayedRule; readonly request: number }
  | { readonly kind: 'hold'; readonly name: string; readonly waiting: number }
  | { readonly kind: 'clock'; readonly now: number; readonly frozen: boolean }
  | { readonly kind: 'space'; readonly change: SpaceChange }

/** made: by the control API. restored: it goes on from a snapshot. cleared: its journal is empty. scenario: it goes on with other rules. */
export type SpaceChange = 'made' | 'reset' | 'restored' | 'dropped' | 'cleared' | 'scenario'

/** The place of an event in its space, where several processes tell of it. */
export interface EventPlace {
  /** Its number among the events of its space, from 1. */
  readonly number: number
  /** When it took place, in Unix milliseconds. */
  readonly at: number
}

export interface Event {
  readonly id: number
  readonly space: string
  readonly payload: EventPayload
  /** Its place in its space, where several processes tell of it. */
  readonly place?: EventPlace | undefined
}

export type EventListener = (event: Event) => void

/** Bytes that the kept events may hold together, about. */
const mostBytes = 8_388_608

/** Tells everyone who listens; the last ones are kept, so that who was cut off can go on where it was. */
export class Events {
  readonly #listeners = new Set<EventListener>()
  readonly #kept: (Event | undefined)[] = []
  #last = 0
  #oldest = 1
  #bytes = 0

  readonly #failed: (error: unknown) => void

  /** Gives the next place in a space; left out, events have none. */
  placeOf: ((space: string) => EventPlace) | undefined

  /** `failed` is told what a listener threw; that listener is told nothing more. */
  constructor(
    readonly capacity = 1000,
    failed: (error: unknown) => void = () => undefined
  ) {
    this.#failed = failed
  }

  get listeners(): number {
    return this.#listeners.size
  }

  publish(space: string, what: EventPayload): void {
    this.#last += 1
    const event: Event = { id: this.#last, space, payload: what, ...(this.placeOf && { place: this.placeOf(space) }) }
    if (this.#last - this.#oldest >= this.capacity) this.#dropOldest()
    this.#kept[this.#last % this.capacity] = event
    this.#bytes += bytesOf(event)
    while (this.#bytes > mostBytes) this.#dropOldest()
    for (const listener of this.#listeners) this.#pass(event, listener)
  }

  #dropOldest(): void {
    const at = this.#oldest % this.capacity
    const event = this.#kept[at]
    this.#kept[at] = undefined
    this.#oldest += 1
    if (event) this.#bytes -= bytesOf(event)
  }

  #pass(event: Event, listener: EventListener): void {
    try {
      listener(event)
    } catch (error) {
      this.#listeners.delete(listener)
      this.#failed(error)
    }
  }

  /**
   * What came after that event, as far as it is kept, and how many are not. A number that was never told comes from a server
   * that ran before this one: then all that is kept came after it.
   */
  since(id: number): { readonly missed: number; readonly events: readonly Event[] } {
    const after = id > this.#last ? 0 : id
    const events = this.#kept
      .filter(event => event !== undefined)
      .filter(event => event.id > after)
      .sort((a, b) => a.id - b.id)
    return { missed: this.#last - after - events.length, events }
  }

  /** All that are kept, the oldest first. */
  kept(): readonly Event[] {
    return this.#kept.filter(event => event !== undefined).sort((a, b) => a.id - b.id)
  }

  /** Tells the listener everything from now on; what it gives stops that. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

const bytesOf = ({ payload }: Event): number =>
  payload.kind === 'request' ? (payload.entry.fingerprint?.bytes ?? requestBytes(payload.entry)) : 0
