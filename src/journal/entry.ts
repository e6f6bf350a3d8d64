import { clipped, clippedHeaders, truncate } from '../base/truncate.js'
import type { Fault } from '../http/fault-names.js'
import type { Answer } from '../http/response.js'
import type { FailureName, Why } from '../product/failure.js'
import { type Call, isLogin } from '../product/product.js'
import type { PlayedRule } from '../scenario/engine/rule-context.js'
import type { SpaceSecrets } from '../session/accounts.js'
import type { Session } from '../session/session-store.js'

/** The raw record of a request to a product; it is rendered and redacted on reading. */
export interface Entry {
  /** Number in the space, from 1. */
  readonly number: number
  /** Arrival by the clock of the space, in Unix milliseconds. `recordedAt`: the same by the system clock. */
  readonly at: number
  readonly recordedAt: number
  readonly space: string
  /** Undefined if no product has the path. */
  readonly product: string | undefined
  readonly operation: string | undefined
  /** The operation opens a session. */
  readonly isLogin?: boolean | undefined
  readonly login: string | undefined
  /** Token of the request. */
  readonly token: string | undefined
  readonly session: Session | undefined
  /** Session data of the product at the time of the response. */
  readonly sessionData?: Session['data']
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** Names and values alternately, in the order of arrival. */
  readonly headers: readonly string[]
  /** Body as text; truncated if long. */
  readonly body: string | undefined
  readonly answer: Answer
  readonly fault: Fault | undefined
  /** Held or delayed by a rule: no response yet, `answer.status` is 0. */
  readonly isUnderway?: boolean
  /** The client disconnected before the response. */
  readonly left: boolean
  /** The response was a success without the work, by the effect `pretend`. */
  readonly pretended: boolean
  readonly rules: readonly PlayedRule[]
  readonly failure: FailureName | undefined
  readonly why: Why | undefined
  /** Milliseconds from arrival to response. */
  readonly took: number
  /** The nearest route, if no operation matched. */
  readonly nearest?: string | undefined
  /** Secrets of the space, for redaction. */
  readonly secrets?: SpaceSecrets | undefined
  /** The part shared with equal requests of the same client. */
  readonly fingerprint?: SharedPart
}

/** A part of several entries, counted once for all of them. */
interface SharedPart {
  /** Approximate size in memory. */
  readonly bytes: number
  /** Number of entries and clients that refer to it. */
  holders: number
}

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

/** The parts of a request that most requests share with the previous one of the same client. */
interface RequestFingerprint extends RequestParts, SharedPart {}

type RequestParts = Pick<
  Entry,
  | 'space'
  | 'secrets'
  | 'product'
  | 'operation'
  | 'isLogin'
  | 'token'
  | 'method'
  | 'url'
  | 'httpVersion'
  | 'headers'
  | 'body'
>

/** The last fingerprint of each client of a space, shared with its equal requests. */
export class RequestFingerprints {
  readonly #byClient = new Map<string, RequestFingerprint>()
  readonly #limit: number
  readonly #onChange: (bytes: number) => void
  #bytes = 0

  /** `limit`: number of clients; one more clears all. `onChange` receives each change of the total bytes. */
  constructor(limit: number, onChange: (bytes: number) => void) {
    this.#limit = limit
    this.#onChange = onChange
  }

  /** Bytes of all kept fingerprints. */
  get bytes(): number {
    return this.#bytes
  }

  /** The fingerprint of this call: the same object as before if the request is equal. */
  of(call: Call): RequestFingerprint {
    const client = call.token ?? call.login ?? ''
    if (client.length > maxClientLength) return createFingerprint(call)
    const before = this.#byClient.get(client)
    if (before && isRepeated(before, call)) return before
    if (this.#byClient.size >= this.#limit) this.clear()
    const fingerprint = createFingerprint(call)
    this.#store(client, fingerprint)
    return fingerprint
  }

  hold(fingerprint: SharedPart): void {
    fingerprint.holders += 1
    if (fingerprint.holders === 1) this.#onChange(fingerprint.bytes)
  }

  release(fingerprint: SharedPart): void {
    fingerprint.holders -= 1
    if (fingerprint.holders === 0) this.#onChange(-fingerprint.bytes)
  }

  clear(): void {
    for (const fingerprint of this.#byClient.values()) this.release(fingerprint)
    this.#byClient.clear()
    this.#bytes = 0
  }

  #store(client: string, fingerprint: RequestFingerprint): void {
    const before = this.#byClient.get(client)
    this.#byClient.set(client, fingerprint)
    this.hold(fingerprint)
    this.#bytes += fingerprint.bytes - (before?.bytes ?? 0)
    if (before) this.release(before)
  }
}

/** Maximum length of a token or login; requests with longer ones are not shared. */
const maxClientLength = 256

/** A new fingerprint of this call. */
export const createFingerprint = ({ request, space, product, operation, token, body }: Call): RequestFingerprint => {
  const long = {
    token: token === undefined ? undefined : clipped(token),
    url: clipped(request.url),
    headers: clippedHeaders(request.raw.rawHeaders),
    body: truncate(body)
  }
  return {
    space: space.name,
    secrets: space.secrets,
    product: product.name,
    operation: operation?.name,
    isLogin: isLogin(operation),
    token: long.token,
    method: request.method,
    url: long.url,
    httpVersion: request.raw.httpVersion,
    headers: long.headers,
    body: long.body,
    bytes: requestBytes(long),
    holders: 0
  }
}

const isRepeated = (before: RequestFingerprint, call: Call): boolean => {
  const { request } = call
  const { rawHeaders } = request.raw
  const isEqual =
    before.url === request.url &&
    before.method === request.method &&
    before.token === call.token &&
    before.body === call.body &&
    before.operation === call.operation?.name &&
    before.product === call.product.name &&
    before.httpVersion === request.raw.httpVersion &&
    before.headers.length === rawHeaders.length
  for (let index = 0; isEqual && index < rawHeaders.length; index += 1)
    if (before.headers[index] !== rawHeaders[index]) return false
  return isEqual
}

/** Bytes of the objects of an entry, and of a request, without their texts. */
const overhead = 512

/** Approximate bytes of an entry, without a shared fingerprint. */
export const entryBytes = ({ login, answer, why, fingerprint, url, headers, body }: Entry): number => {
  const own = ownBytes(login, answer.body, why)
  return fingerprint ? own : own + requestBytes({ url, headers, body, token: undefined })
}

/** Approximate bytes of an entry without its request. */
export const ownBytes = (login: string | undefined, answered: string | undefined, why: Why | undefined): number =>
  overhead + (login?.length ?? 0) + textBytes(answered) + (why ? factBytes(why) : 0)

/** Approximate bytes of a request. */
export const requestBytes = ({
  url,
  headers,
  body,
  token
}: Pick<Entry, 'url' | 'headers' | 'body' | 'token'>): number =>
  overhead + url.length + textBytes(token) + textBytes(body) + headers.reduce((sum, text) => sum + 24 + text.length, 0)

/** V8 stores a text with one byte per character, or with two if any character is beyond Latin-1. */
const textBytes = (text: string | undefined): number => {
  if (text === undefined) return 0
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length
}

const factBytes = (why: object): number =>
  Object.values(why).reduce((sum: number, fact) => sum + (typeof fact === 'string' ? textBytes(fact) : 8), 0)

/** The fields of an entry that depend on its space. */
type EntryPlace = Pick<Entry, 'space' | 'secrets' | 'session'>

/** A copy of an entry for another space. */
export const copyEntry = (entry: Entry, place: Partial<EntryPlace>): Entry => ({
  number: entry.number,
  at: entry.at,
  recordedAt: entry.recordedAt,
  space: entry.space,
  secrets: entry.secrets,
  product: entry.product,
  operation: entry.operation,
  isLogin: entry.isLogin,
  login: entry.login,
  token: entry.token,
  session: entry.session,
  sessionData: entry.sessionData,
  method: entry.method,
  url: entry.url,
  httpVersion: entry.httpVersion,
  headers: entry.headers,
  body: entry.body,
  answer: entry.answer,
  fault: entry.fault,
  left: entry.left,
  pretended: entry.pretended,
  rules: entry.rules,
  failure: entry.failure,
  why: entry.why,
  took: entry.took,
  nearest: entry.nearest,
  ...place
})
