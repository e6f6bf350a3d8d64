import { clipped } from '../base/truncate.js'
import type { Answer } from '../http/answer.js'
import type { Call } from '../product/product.js'
import type { Session } from '../session/sessions.js'
import type { SpaceSecrets } from '../state/secrets.js'
import type { Entry } from './entry.js'
import type { RequestFingerprint } from './request-fingerprint.js'

/** Facts about an exchange that are not in its response. Most exchanges have none. */
export type ExchangeNotes = Pick<Entry, 'fault' | 'left' | 'pretended' | 'rules' | 'failure' | 'why' | 'nearest'>

/** The notes of a normal response without rules. */
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
 * An entry with few objects of its own. A busy server writes tens of thousands per second, and the garbage collector moves
 * every object that survives: equal parts are shared (`fingerprint`), and numbers are stored as small integers.
 */
export class CompactEntry implements Entry {
  readonly number: number
  readonly at: number
  readonly login: string | undefined
  readonly session: Session | undefined
  readonly sessionData: Session['data']
  readonly fingerprint: RequestFingerprint
  /** Milliseconds from the system clock to the clock of the space. */
  readonly #ahead: number
  readonly #microseconds: number
  readonly #notes: ExchangeNotes
  readonly #status: number
  readonly #headers: Answer['headers']
  readonly #always: Answer['always']
  readonly #responseBody: string | undefined

  constructor(
    call: Call,
    request: RequestFingerprint,
    { status, headers, always, body }: Answer,
    notes: ExchangeNotes,
    /** Milliseconds from the arrival of the request. */
    took: number
  ) {
    this.number = call.number
    this.at = call.at
    this.login = call.login === undefined ? undefined : clipped(call.login)
    this.session = call.session
    this.sessionData = call.session?.data
    this.#ahead = call.at - call.receivedAt
    this.#microseconds = Math.round(took * 1000)
    this.fingerprint = request
    this.#notes = notes
    this.#status = status
    this.#headers = headers
    this.#always = always
    this.#responseBody = body
  }

  get recordedAt(): number {
    return this.at - this.#ahead
  }

  get took(): number {
    return this.#microseconds / 1000
  }

  get answer(): Answer {
    return { status: this.#status, headers: this.#headers, always: this.#always, body: this.#responseBody }
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
    return this.#notes.fault
  }

  get left(): boolean {
    return this.#notes.left
  }

  get pretended(): boolean {
    return this.#notes.pretended
  }

  get rules(): ExchangeNotes['rules'] {
    return this.#notes.rules
  }

  get failure(): ExchangeNotes['failure'] {
    return this.#notes.failure
  }

  get why(): ExchangeNotes['why'] {
    return this.#notes.why
  }

  get nearest(): ExchangeNotes['nearest'] {
    return this.#notes.nearest
  }
}
