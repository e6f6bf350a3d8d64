import type { Answer } from '../answer.js'
import type { Call } from '../call.js'
import type { Session } from '../sessions.js'
import { clipped } from './cut.js'
import type { Entry, SpaceSecrets } from './journal.js'
import type { Sent } from './sent.js'

/** What can be told of an answer besides itself; of most there is nothing. */
export type Fate = Pick<Entry, 'fault' | 'left' | 'pretended' | 'rules' | 'failure' | 'why' | 'nearest'>

/** An answer that went well, and that no rule played on. */
export const wentWell: Fate = {
  fault: undefined,
  left: false,
  pretended: false,
  rules: [],
  failure: undefined,
  why: undefined,
  nearest: undefined
}

/**
 * An entry that takes little memory and keeps few objects alive, as a busy server writes tens of thousands in a second, and each
 * that lives has to be moved about by the garbage collector: what others have as well is shared, small numbers stand for large ones.
 */
export class Packed implements Entry {
  readonly number: number
  readonly at: number
  readonly login: string | undefined
  readonly session: Session | undefined
  /** Milliseconds by which the space's clock was ahead of the wall's. */
  readonly #ahead: number
  readonly #microseconds: number
  readonly #sent: Sent
  readonly #fate: Fate
  readonly #status: number
  readonly #headers: Answer['headers']
  readonly #always: Answer['always']
  readonly #answered: string | undefined

  constructor(call: Call, sent: Sent, { status, headers, always, body }: Answer, fate: Fate) {
    const { wall } = call.space
    const took = wall.elapsed() - call.started
    this.number = call.number
    this.at = call.at
    this.login = call.login === undefined ? undefined : clipped(call.login)
    this.session = call.session
    this.#ahead = call.at - wall.now() + Math.round(took)
    this.#microseconds = Math.round(took * 1000)
    this.#sent = sent
    this.#fate = fate
    this.#status = status
    this.#headers = headers
    this.#always = always
    this.#answered = body
  }

  get wall(): number {
    return this.at - this.#ahead
  }

  get took(): number {
    return this.#microseconds / 1000
  }

  get answer(): Answer {
    return { status: this.#status, headers: this.#headers, always: this.#always, body: this.#answered }
  }

  get space(): string {
    return this.#sent.space
  }

  get secrets(): SpaceSecrets | undefined {
    return this.#sent.secrets
  }

  get product(): string | undefined {
    return this.#sent.product
  }

  get operation(): string | undefined {
    return this.#sent.operation
  }

  get token(): string | undefined {
    return this.#sent.token
  }

  get method(): string {
    return this.#sent.method
  }

  get url(): string {
    return this.#sent.url
  }

  get httpVersion(): string {
    return this.#sent.httpVersion
  }

  get headers(): readonly string[] {
    return this.#sent.headers
  }

  get body(): string | undefined {
    return this.#sent.body
  }

  get fault(): Fate['fault'] {
    return this.#fate.fault
  }

  get left(): boolean {
    return this.#fate.left
  }

  get pretended(): boolean {
    return this.#fate.pretended
  }

  get rules(): Fate['rules'] {
    return this.#fate.rules
  }

  get failure(): Fate['failure'] {
    return this.#fate.failure
  }

  get why(): Fate['why'] {
    return this.#fate.why
  }

  get nearest(): Fate['nearest'] {
    return this.#fate.nearest
  }
}
