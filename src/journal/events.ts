import { formatInstant } from '../base/duration.js'
import type { PlayedRule } from '../scenario/engine/rule-context.js'
import { shortToken } from '../session/accounts.js'
import type { Session, SessionEnd } from '../session/session-store.js'
import { type Entry, requestBytes } from './entry.js'
import { causeOf, renderEntry } from './rendering.js'

/** The published events. */
type EventPayload =
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
type SpaceChange = 'made' | 'reset' | 'restored' | 'dropped' | 'cleared' | 'scenario'

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

/** Maximum number of spaces in an id. */
const maxSpaces = 200

/**
 * The position of a listener in the events of all processes, as an id: `<time>;<space>:<number>;…`. For a space without a
 * number, all events up to that time have been received.
 */
export class EventCursor {
  readonly #received = new Map<string, EventPlace>()
  #since: number

  constructor(since: number) {
    this.#since = since
  }

  /** Undefined if the text is not a valid id. */
  static read(id: string): EventCursor | undefined {
    const [since = '', ...parts] = id.split(';')
    if (!/^\d{1,15}$/.test(since)) return undefined
    const cursor = new EventCursor(Number(since))
    for (const part of parts) {
      const [, space = '', number = ''] = /^([A-Za-z0-9._-]{1,64}):(\d{1,15})$/.exec(part) ?? []
      if (space !== '') cursor.#received.set(space, { number: Number(number), at: Number(since) })
    }
    return cursor
  }

  /** Whether the listener has not received this event. */
  isNew({ space, place }: Event): boolean {
    if (!place) return true
    const received = this.#received.get(space)
    return received ? place.number > received.number : place.at > this.#since
  }

  /** Number of events between the last received and the oldest kept one. */
  missed(kept: readonly Event[], lastOf: (space: string) => number): number {
    let missed = 0
    for (const [space, { number }] of this.#received) {
      const oldest = kept.find(event => event.space === space && event.place)?.place?.number ?? lastOf(space) + 1
      missed += Math.max(0, oldest - number - 1)
    }
    return missed
  }

  /** Marks the events of a space up to this place as received. */
  advance(space: string, place: EventPlace): void {
    this.#received.delete(space)
    this.#received.set(space, place)
    if (this.#received.size <= maxSpaces) return
    for (const [oldest, { at }] of this.#received) {
      this.#received.delete(oldest)
      this.#since = Math.max(this.#since, at)
      return
    }
  }

  get id(): string {
    return [this.#since, ...[...this.#received].map(([space, { number }]) => `${space}:${number}`)].join(';')
  }
}

/** Renders an event as JSON; with `secrets`, passwords and tokens are complete. */
export const renderEvent = (event: EventPayload, secrets: boolean): object => {
  if (event.kind === 'request' || event.kind === 'underway') return renderEntry(event.entry, secrets)
  if (event.kind === 'clock') return { now: formatInstant(event.now), frozen: event.frozen }
  if (event.kind === 'rule') return { rule: event.rule.title, sentence: event.rule.sentence, request: event.request }
  if (event.kind === 'space') return { change: event.change }
  if (event.kind === 'hold') return { name: event.name, waiting: event.waiting }
  const { product, login, token, end, openedAt } = event.session
  return {
    change: event.change,
    at: formatInstant((event.change === 'ended' && end?.at) || openedAt),
    product,
    login,
    token: secrets ? token : shortToken(token),
    ...(end && event.change === 'ended' ? endOf(end) : {})
  }
}

const endOf = (end: SessionEnd): object => {
  const by = causeOf(end.by, end.request)
  return { cause: end.cause, ...(by === undefined ? {} : { by }) }
}
