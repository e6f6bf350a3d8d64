import { clipped } from '../base/truncate.js'
import type { Answer } from '../http/answer.js'
import type { Call } from '../product/product.js'
import type { Session } from '../session/sessions.js'
import type { SpaceSecrets } from '../state/secrets.js'
import type { Entry } from './entry.js'
import type { RequestFingerprint } from './request-fingerprint.js'

/** What can be told of an answer besides itself; of most there is nothing. */
export type ExchangeNotes = Pick<Entry, 'fault' | 'left' | 'pretended' | 'rules' | 'failure' | 'why' | 'nearest'>

/** An answer that went well, and that no rule played on. */
export const ordinaryNotes: ExchangeNotes = {
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
export class CompactEntry implements Entry {
  readonly number: number
  readonly at: number
  readonly login: string | undefined
  readonly session: Session | undefined
  readonly sessionData: Session['data']
  readonly fingerprint: RequestFingerprint
  /** Milliseconds by which the space's clock was ahead of the systemClock's. */
  readonly #ahead: number
  readonly #microseconds: number
  readonly #fate: ExchangeNotes
  readonly #status: number
  readonly #headers: Answer['headers']
  readonly #always: Answer['always']
  readonly #answered: string | undefined

  constructor(call: Call, sent: RequestFingerprint, { status, headers, always, body }: Answer, fate: ExchangeNotes) {
    const { systemClock } = call.space
    const took = systemClock.elapsed() - call.started
    this.number = call.number
    this.at = call.at
    this.login = call.login === undefined ? undefined : clipped(call.login)
    this.session = call.session
    this.sessionData = call.session?.data
    this.#ahead = call.at - systemClock.now() + Math.round(took)
    this.#microseconds = Math.round(took * 1000)
    this.fingerprint = sent
    this.#fate = fate
    this.#status = status
    this.#headers = headers
    this.#always = always
    this.#answered = body
  }

  get recordedAt(): number {
    return this.at - this.#ahead
  }

  get took(): number {
    return this.#microseconds / 1000
  }

  get answer(): Answer {
    return { status: this.#status, headers: this.#headers, always: this.#always, body: this.#answered }
  }

  get space(): string {
    return this.fingerprint.space
  }

  get secrets(): SpaceSecrets | undefined {
    return this.fingerprint.secrets
  }

  get product(): string | undefined {
    return this.fingerprint.product
  }

  get isLogin(): boolean | undefined {
    return this.fingerprint.isLogin
  }

  get operation(): string | undefined {
    return this.fingerprint.operation
  }

  get token(): string | undefined {
    return this.fingerprint.token
  }

  get method(): string {
    return this.fingerprint.method
  }

  get url(): string {
    return this.fingerprint.url
  }

  get httpVersion(): string {
    return this.fingerprint.httpVersion
  }

  get headers(): readonly string[] {
    return this.fingerprint.headers
  }

  get body(): string | undefined {
    return this.fingerprint.body
  }

  get fault(): ExchangeNotes['fault'] {
    return this.#fate.fault
  }

  get left(): boolean {
    return this.#fate.left
  }

  get pretended(): boolean {
    return this.#fate.pretended
  }

  get rules(): ExchangeNotes['rules'] {
    return this.#fate.rules
  }

  get failure(): ExchangeNotes['failure'] {
    return this.#fate.failure
  }

  get why(): ExchangeNotes['why'] {
    return this.#fate.why
  }

  get nearest(): ExchangeNotes['nearest'] {
    return this.#fate.nearest
  }
}
