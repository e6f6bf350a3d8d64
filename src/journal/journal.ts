import type { Answer } from '../http/answer.js'
import type { Fault } from '../http/delivery.js'
import type { FailureName, Why } from '../product/failure.js'
import type { Rule } from '../scenario/engine/rule.js'
import type { Session } from '../session/sessions.js'
import { RequestFingerprints } from './request-fingerprint.js'

/** What is kept of a request to a product, as it was: rendered, and its secrets hidden, only when somebody reads it. */
export interface Entry {
  /** Its number in its space, from 1. */
  readonly number: number
  /** When it came, by the space's clock and by the systemClock's, in Unix milliseconds. */
  readonly at: number
  readonly recordedAt: number
  readonly space: string
  /** Undefined where no product knew the path. */
  readonly product: string | undefined
  readonly operation: string | undefined
  /** The operation gives a client a session. */
  readonly isLogin?: boolean | undefined
  readonly login: string | undefined
  /** The token that it carried. */
  readonly token: string | undefined
  readonly session: Session | undefined
  /** What the product remembered on the session when it was answered. */
  readonly sessionData?: Session['data']
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[]
  /** As text; of a long one the beginning. */
  readonly body: string | undefined
  readonly answer: Answer
  readonly fault: Fault | undefined
  /** Its client had gone before there was an answer. */
  readonly left: boolean
  /** Its answer said success, and nothing was done. */
  readonly pretended: boolean
  readonly rules: readonly Rule[]
  readonly failure: FailureName | undefined
  readonly why: Why | undefined
  /** From its arrival to its answer, in milliseconds. */
  readonly took: number
  /** Where no operation knew it: the nearest path that there is. */
  readonly nearest?: string | undefined
  /** What its space knows to be secret. */
  readonly secrets?: SpaceSecrets | undefined
}

/** What a space knows to be secret, to be hidden in its requests wherever it stands. */
export interface SpaceSecrets {
  /** Whether the word is the token of a session. */
  isToken(word: string): boolean
  /** Passwords of its accounts. */
  passwords(): readonly string[]
}

/** The last requests of a space, in a ring: the oldest make room. */
export class Journal {
  readonly #ring: Entry[] = []
  #oldest = 0
  #dropped = 0

  /** What clients sent last, for the next entries to share: of no more clients than there are entries. */
  readonly fingerprints: RequestFingerprints

  constructor(readonly capacity: number) {
    this.fingerprints = new RequestFingerprints(capacity)
  }

  /** How many have made room since it began. */
  get dropped(): number {
    return this.#dropped
  }

  get size(): number {
    return this.#ring.length
  }

  /** Whether another one, or where nothing is kept this one, had to go for it. */
  add(entry: Entry): boolean {
    if (this.#ring.length < this.capacity) {
      this.#ring.push(entry)
      return false
    }
    this.#dropped += 1
    if (this.capacity === 0) return true
    this.#ring[this.#oldest] = entry
    this.#oldest = (this.#oldest + 1) % this.capacity
    return true
  }

  /** All that are kept, the oldest first. */
  entries(): Entry[] {
    return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)]
  }

  clear(): void {
    this.fingerprints.clear()
    this.#ring.length = 0
    this.#oldest = 0
    this.#dropped = 0
  }
}
