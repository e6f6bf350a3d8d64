import type { PlayedRule } from '../scenario/engine/rule-context.js'
import type { Session } from '../session/sessions.js'
import type { Entry } from './entry.js'
import { requestBytes } from './entry-size.js'

/** The published events. */
export type EventPayload =
  | { readonly kind: 'request'; readonly entry: Entry }
  | { readonly kind: 'underway'; readonly entry: Entry }
  | { readonly kind: 'session'; readonly session: Session; readonly change: 'opened' | 'ended' }
  | { readonly kind: 'rule'; readonly rule: PlayedRule; readonly request: number }
  | { readonly kind: 'hold'; readonly name: string; readonly waiting: number }
  | { readonly kind: 'clock'; readonly now: number; readonly frozen: boolean }
  | { readonly kind: 'space'; readonly change: SpaceChange }

/**
 * made: created by the control API. restored: from a snapshot. cleared: the journal was emptied. scenario: the rules were
 * replaced.
 */
export type SpaceChange = 'made' | 'reset' | 'restored' | 'dropped' | 'cleared' | 'scenario'

/** The place of an event in its space, if several processes publish events of that space. */
export interface EventPlace {
  /** Number among the events of its space, from 1. */
  readonly number: number
  /** Time of the event, in Unix milliseconds. */
  readonly at: number
}

export interface Event {
  readonly id: number
  readonly space: string
  readonly payload: EventPayload
  /** See `EventPlace`; undefined in a server without a store. */
  readonly place?: EventPlace | undefined
}

export type EventListener = (event: Event) => void

/** Approximate limit for the bytes of all kept events. */
const maxBytes = 8_388_608

/** Publishes events to listeners. The latest are kept, so that a disconnected client can resume. */
export class Events {
  readonly #listeners = new Set<EventListener>()
  readonly #kept: (Event | undefined)[] = []
  #last = 0
  #oldest = 1
  #bytes = 0

  readonly #onError: (error: unknown) => void

  /** Returns the next place in a space; undefined in a server without a store. */
  placeOf: ((space: string) => EventPlace) | undefined

  /** `onError` receives the error of a listener that threw; the listener is removed. */
  constructor(
    readonly capacity = 1000,
    onError: (error: unknown) => void = () => undefined
  ) {
    this.#onError = onError
  }

  get listeners(): number {
    return this.#listeners.size
  }

  publish(space: string, payload: EventPayload): void {
    this.#last += 1
    const event: Event = { id: this.#last, space, payload, place: this.placeOf?.(space) }
    if (this.#last - this.#oldest >= this.capacity) this.#dropOldest()
    this.#kept[this.#last % this.capacity] = event
    this.#bytes += bytesOf(event)
    while (this.#bytes > maxBytes) this.#dropOldest()
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
      this.#onError(error)
    }
  }

  /**
   * The kept events after this id, and the number of those no longer kept. An unknown id is from a server before a restart:
   * then all kept events are returned.
   */
  since(id: number): { readonly missed: number; readonly events: readonly Event[] } {
    const after = id > this.#last ? 0 : id
    const events = this.#kept
      .filter(event => event !== undefined)
      .filter(event => event.id > after)
      .sort((a, b) => a.id - b.id)
    return { missed: this.#last - after - events.length, events }
  }

  /** All kept events, oldest first. */
  kept(): readonly Event[] {
    return this.#kept.filter(event => event !== undefined).sort((a, b) => a.id - b.id)
  }

  /** Calls the listener for each new event. Returns the function that unsubscribes it. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

const bytesOf = ({ payload }: Event): number =>
  payload.kind === 'request' ? (payload.entry.fingerprint?.bytes ?? requestBytes(payload.entry)) : 0
