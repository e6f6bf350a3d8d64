import type { Event, EventPlace } from './events.js'

/** Spaces that an id names one by one. */
const most = 200

/**
 * How far a listener has heard, as the id of an event that every process understands: `<time>;<space>:<number>;…`. Of a space that is
 * not named, it has heard what took place up to that time.
 */
export class EventCursor {
  readonly #heard = new Map<string, EventPlace>()
  #since: number

  constructor(since: number) {
    this.#since = since
  }

  /** Reads an id; undefined where it is none. */
  static read(id: string): EventCursor | undefined {
    const [since = '', ...parts] = id.split(';')
    if (!/^\d{1,15}$/.test(since)) return undefined
    const cursor = new EventCursor(Number(since))
    for (const part of parts) {
      const [, space = '', number = ''] = /^([A-Za-z0-9._-]{1,64}):(\d{1,15})$/.exec(part) ?? []
      if (space !== '') cursor.#heard.set(space, { number: Number(number), at: Number(since) })
    }
    return cursor
  }

  /** Whether the listener has not received it yet. */
  isNew({ space, place }: Event): boolean {
    if (!place) return true
    const heard = this.#heard.get(space)
    return heard ? place.number > heard.number : place.at > this.#since
  }

  /** The events between the last received one and the oldest kept one. */
  missed(kept: readonly Event[], lastOf: (space: string) => number): number {
    let missed = 0
    for (const [space, { number }] of this.#heard) {
      const oldest = kept.find(event => event.space === space && event.place)?.place?.number ?? lastOf(space) + 1
      missed += Math.max(0, oldest - number - 1)
    }
    return missed
  }

  /** It has heard so much of a space. */
  hear(space: string, place: EventPlace): void {
    this.#heard.delete(space)
    this.#heard.set(space, place)
    if (this.#heard.size <= most) return
    for (const [oldest, { at }] of this.#heard) {
      this.#heard.delete(oldest)
      this.#since = Math.max(this.#since, at)
      return
    }
  }

  get id(): string {
    return [this.#since, ...[...this.#heard].map(([space, { number }]) => `${space}:${number}`)].join(';')
  }
}
