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

/** Requests that a rule holds or delays, until they are answered. */
export class Underway {
  readonly #calls = new Map<Call, Waiting>()
  readonly #began: (entry: Entry) => void

  /** `began` is told of each as it begins to wait. */
  constructor(began: (entry: Entry) => void) {
    this.#began = began
  }

  get size(): number {
    return this.#calls.size
  }

  begin(call: Call, rules: readonly PlayedRule[], session: Session | undefined): void {
    if (call.isStale || this.#calls.has(call)) return
    const waiting = { rules, session }
    this.#calls.set(call, waiting)
    this.#began(entryOf(call, waiting))
  }

  end(call: Call): void {
    this.#calls.delete(call)
  }

  clear(): void {
    this.#calls.clear()
  }

  /** As they are now, in the order in which they began to wait. */
  entries(): Entry[] {
    return [...this.#calls].map(([call, waiting]) => entryOf(call, waiting))
  }
}

const entryOf = (call: Call, { rules, session }: Waiting): Entry => {
  const took = call.space.systemClock.elapsed() - call.started
  return {
    ...ordinaryNotes,
    ...createFingerprint(call),
    isUnderway: true,
    number: call.number,
    at: call.at,
    recordedAt: Math.round(call.space.systemClock.now() - took),
    login: call.login ?? session?.login,
    session,
    rules: [...rules],
    answer: { status: 0, headers: {} },
    took
  }
}
