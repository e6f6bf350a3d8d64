import type { Call } from '../product/product.js'
import type { PlayedRule } from '../scenario/engine/rule-context.js'
import type { Session } from '../session/sessions.js'
import { ordinaryNotes } from './compact-entry.js'
import type { Entry } from './entry.js'
import { createFingerprint } from './request-fingerprint.js'

interface Waiting {
  readonly rules: readonly PlayedRule[]
  readonly session: Session | undefined
}

/** Requests that a rule holds or delays, until their response. */
export class Underway {
  readonly #calls = new Map<Call, Waiting>()
  readonly #onBegin: (entry: Entry) => void

  /** `onBegin` receives the entry of each request that begins to wait. */
  constructor(onBegin: (entry: Entry) => void) {
    this.#onBegin = onBegin
  }

  get size(): number {
    return this.#calls.size
  }

  begin(call: Call, rules: readonly PlayedRule[], session: Session | undefined): void {
    if (call.isStale || this.#calls.has(call)) return
    const waiting = { rules, session }
    this.#calls.set(call, waiting)
    this.#onBegin(entryOf(call, waiting))
  }

  end(call: Call): void {
    this.#calls.delete(call)
  }

  clear(): void {
    this.#calls.clear()
  }

  /** Current entries, in the order in which they began to wait. */
  entries(): Entry[] {
    return [...this.#calls].map(([call, waiting]) => entryOf(call, waiting))
  }
}

const entryOf = (call: Call, { rules, session }: Waiting): Entry => {
  return {
    ...ordinaryNotes,
    ...createFingerprint(call),
    isUnderway: true,
    number: call.number,
    at: call.at,
    recordedAt: call.receivedAt,
    login: call.login ?? session?.login,
    session,
    rules: [...rules],
    answer: { status: 0, headers: {} },
    took: call.space.systemClock.elapsed() - call.started
  }
}
