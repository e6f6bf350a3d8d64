import type { Event, EventPlace } from './events.js'

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
