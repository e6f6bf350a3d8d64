import { stepInto } from '../overlay/edit-body.js'
import { fidelities } from '../product/product.js'
import type { Case, CaseRequest, Cases, ExpectedAnswer } from './cases.js'
import { changedPlaces, compareBodies, comparePart, type Difference, documentReference, isWithin } from './compare.js'
import { headerOf, NoAnswer, type ReceivedAnswer } from './http-transport.js'
import type { RunSecrets } from './known-secrets.js'
import { fillRequest, missingValues, parseBody, placeholdersOf, tokenOf, type Values } from './response-body.js'

export interface PlayOptions {
  readonly cases: Cases
  /** Values of the account, by placeholder: login, password and options. */
  readonly account: Values
  /** Sends a request. Throws NoAnswer. */
  readonly send: (request: CaseRequest) => Promise<ReceivedAnswer>
  /** The reason not to send a case, or undefined. */
  readonly skip: (each: Case) => string | undefined
  /** Waits until shortly before, or shortly after, the expiry of an idle session. */
  readonly wait: (until: NonNullable<Case['wait']>) => Promise<void>
  /** Called before each case. */
  readonly onCase?: ((each: Case) => void) | undefined
  /** Stops the run early. */
  readonly stop?: AbortSignal
  /** A real server: the run stops if the first login is refused, and unexpected responses are requested once more. */
  readonly secrets?: RunSecrets | undefined
}

/** The result of a case. */
export interface Observation {
  readonly case: Case
  /** Undefined if it was not sent or not answered. */
  readonly answer: ReceivedAnswer | undefined
  /** The reason why it was not sent. */
  readonly skipped?: string
  /** The reason why there was no response. */
  readonly lost?: string
  /** The values of the placeholders after the response. */
  readonly values: Values
  /** Unexpected places of the response whose values change from one response to the next. */
  readonly changing?: readonly string[]
}

export interface Run {
  readonly observations: readonly Observation[]
  /** The reason of an early stop. */
  readonly stopped: string | undefined
  /** Number of opened sessions, and of those that could not be ended. */
  readonly sessions: { readonly opened: number; readonly left: number }
}

/** Sends the cases in order, then ends all opened sessions, even after an early stop. */
export const playCases = async (options: PlayOptions): Promise<Run> => {
  const player = new Player(options)
  const stopped = await player.play()
  const sessions = await player.endSessions()
  return { observations: player.observations(), stopped, sessions }
}

/** The run cannot continue: the message has the reason and a remedy. */
class RunStopped extends Error {
  override readonly name = 'RunStopped'
}

/** Consecutive requests without a response that stop the run. */
const maxLost = 3

class Player {
  readonly #options: PlayOptions
  readonly #observations: Observation[] = []
  readonly #changes = new ChangeFinder()
  /** The tokens of sessions that were opened, and of those that are open. */
  readonly #known = new Set<string>()
  readonly #open = new Set<string>()
  #values: Values
  #lost = 0
  #answered = false
  #loggedIn = false
  /** The last login was refused. */
  #isRefused = false
  /** `{token}` was sent since its login. */
  #isUsed = false

  constructor(options: PlayOptions) {
    this.#options = options
    this.#values = { ...options.cases.options, ...options.account, 'unknown token': options.cases.unknownToken }
  }

  observations(): Observation[] {
    const { cases } = this.#options
    return this.#observations.map(each => {
      if (!each.answer) return each
      const changing = this.#changes.in(each.answer, unexpected(each.case, each.answer, each.values, cases))
      return changing.length === 0 ? each : { ...each, changing }
    })
  }

  /** Sends all cases. Resolves to the reason of an early stop, or undefined. */
  async play(): Promise<string | undefined> {
    const { cases, stop } = this.#options
    for (const each of cases.cases) {
      if (stop?.aborted) return 'it was interrupted'
      this.#options.onCase?.(each)
      try {
        await this.#playCase(each)
      } catch (error) {
        if (!(error instanceof RunStopped)) throw error
        return error.message
      }
    }
    return undefined
  }

  async #playCase(each: Case): Promise<void> {
    const skipped = this.#options.skip(each) ?? (await this.#prepare(each))
    if (skipped !== undefined) {
      this.#observations.push({ case: each, answer: undefined, skipped, values: this.#values })
      return
    }
    if (each.wait) await this.#options.wait(each.wait)
    if (this.#options.stop?.aborted) throw new RunStopped('it was interrupted')
    const answer = await this.#sendInSession(each)
    if (typeof answer === 'string') {
      this.#observations.push({ case: each, answer: undefined, lost: answer, values: this.#values })
      if (each.ends || each.drops) this.#dropToken()
      return
    }
    const before = this.#values
    this.#takeValues(each, answer)
    const values = { ...before, ...this.#values }
    this.#observations.push({ case: each, answer, values })
    await this.#findChanges(each, answer, values)
    this.#updateToken(each, answer)
  }

  /** The session may have ended by an earlier request: only the response to a new token is that of the case. */
  async #sendInSession(each: Case): Promise<ReceivedAnswer | string> {
    const isSuspect = this.#isUsed && each.wait === undefined && isIn(each.request, 'token')
    const answer = await this.#send(each)
    if (typeof answer === 'string' || !isSuspect || !isGone(each, answer, this.#options.cases)) return answer
    this.#dropToken()
    await this.#login()
    return this.#values.token === undefined ? answer : this.#send(each)
  }

  /** Makes the required values of a request available. Resolves to the reason if that fails. */
  async #prepare({ request, opens }: Case): Promise<string | undefined> {
    if (isIn(request, 'dead token') && this.#values['dead token'] === undefined) await this.#openAndEnd()
    const isNeeded = isIn(request, 'token') || (opens && this.#isRefused)
    if (isNeeded && (this.#values.token === undefined || this.#isRefused)) await this.#login()
    const [missing] = missingValues(request, this.#values)
    return missing === undefined ? undefined : `there is no {${missing}} to send`
  }

  /** Opens a session outside of the cases. */
  async #login(): Promise<void> {
    const { login } = this.#options.cases
    const answer = await this.#send(login)
    if (typeof answer !== 'string') this.#takeValues(login, answer)
  }

  async #openAndEnd(): Promise<void> {
    const { logout } = this.#options.cases
    if (this.#values.token === undefined) await this.#login()
    if (this.#values.token === undefined) return
    const answer = await this.#send(logout)
    if (typeof answer !== 'string') this.#updateToken(logout, answer)
  }

  /** The response, or the reason without one. Throws RunStopped if the server has stopped responding. */
  async #send(each: Case): Promise<ReceivedAnswer | string> {
    try {
      const answer = await this.#exchange(each, this.#values)
      if (isIn(each.request, 'token')) this.#isUsed = true
      this.#lost = 0
      this.#answered = true
      return answer
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      this.#lost += 1
      if (!this.#answered || this.#lost >= maxLost) throw new RunStopped(error.message)
      return error.message
    }
  }

  async #exchange(each: Case, values: Values): Promise<ReceivedAnswer> {
    const answer = await this.#options.send(fillRequest(each.request, values))
    this.#changes.note(each, answer)
    this.#options.secrets?.note(answer)
    const token = tokenOf(answer, this.#options.cases)
    if (token !== undefined && !this.#known.has(token)) {
      this.#known.add(token)
      this.#open.add(token)
    }
    return answer
  }

  /** Takes the values for later requests from a response. Throws RunStopped if a real server refuses the account. */
  #takeValues(each: Case, answer: ReceivedAnswer): void {
    const { cases, secrets } = this.#options
    this.#values = { ...this.#values, ...keptValues(each, answer) }
    if (!each.opens) return
    // Some servers issue a token with a refusal too.
    const token = answer.status < 400 ? tokenOf(answer, cases) : undefined
    const isCheck = this.#isRefused || !this.#loggedIn || each === cases.login
    if (token === undefined && secrets && isCheck)
      throw new RunStopped(refusedLogin(secrets.hideAnswer(answer), cases, this.#loggedIn))
    this.#isRefused = token === undefined
    if (token === undefined) return
    this.#loggedIn = true
    this.#isUsed = false
    this.#values = { ...this.#values, token }
  }

  /** Sends a request once more if its response has something unexpected that may change from one response to the next. */
  async #findChanges(each: Case, answer: ReceivedAnswer, values: Values): Promise<void> {
    const { secrets, cases, stop } = this.#options
    if (!secrets || stop?.aborted || !isRepeatable(each) || (each.opens && this.#isRefused)) return
    if (!this.#changes.isNew(answer, unexpected(each, answer, values, cases))) return
    const again = await this.#send(each)
    if (typeof again !== 'string' && each.opens) this.#takeValues(each, again)
  }

  /** Gives the sent token up where its session has ended. */
  #updateToken(each: Case, answer: ReceivedAnswer): void {
    const { token } = this.#values
    if (token === undefined || !isIn(each.request, 'token')) return
    if (each.ends && isEnded(answer, each)) {
      this.#open.delete(token)
      this.#values = { ...this.#values, 'dead token': token }
    }
    if (each.ends || each.drops) this.#dropToken()
  }

  #dropToken(): void {
    const { token: _token, ...others } = this.#values
    this.#values = others
  }

  /** Logs out of each open session. */
  async endSessions(): Promise<Run['sessions']> {
    const { logout } = this.#options.cases
    for (const token of [...this.#open])
      try {
        const answer = await this.#exchange(logout, { ...this.#values, token })
        if (answer.status === 401 || isEnded(answer, logout)) this.#open.delete(token)
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
      }
    return { opened: this.#known.size, left: this.#open.size }
  }
}

const isIn = (request: CaseRequest, name: string): boolean => placeholdersOf(request).includes(name)

/** A logout that succeeds in the way of this product or in any other. */
const isEnded = ({ status }: ReceivedAnswer, { expect }: Case): boolean =>
  (status >= 200 && status < 300) || Object.values(expect).some(expected => expected.status === status)

/** A second request of these neither ends a session nor counts as another wrong password. */
const isRepeatable = ({ request, ends, drops, wait }: Case): boolean =>
  !ends && !drops && wait === undefined && !isIn(request, 'wrong password') && !isIn(request, 'unknown login')

/** Whether a response is a refusal of the token that the case does not expect. */
const isGone = (each: Case, answer: ReceivedAnswer, cases: Cases): boolean => {
  const expected = Object.values(each.expect)
  if (expected.some(one => one.status === answer.status && isBodyOf(one, answer, cases))) return false
  if (answer.status === 401 || answer.status === 403) return expected.every(({ status }) => status !== answer.status)
  return cases.cases
    .filter(({ step }) => step === 'use again' || step === 'unknown token')
    .flatMap(({ expect }) => Object.values(expect))
    .some(one => one.status === answer.status && one.body !== '' && isBodyOf(one, answer, cases))
}

const isBodyOf = ({ body }: ExpectedAnswer, answer: ReceivedAnswer, { patterns }: Cases): boolean => {
  const expected = documentReference({ status: answer.status, headers: {}, body }).body
  return compareBodies(expected, parseBody(answer.body), { values: {}, patterns }).length === 0
}

/** The differences from the expected response that is nearest. */
const unexpected = (each: Case, answer: ReceivedAnswer, values: Values, { patterns }: Cases): Difference[] => {
  const [one = [], other = one] = fidelities.map(fidelity =>
    comparePart(documentReference(each.expect[fidelity]), answer, { values, patterns })
  )
  return other.length < one.length ? other : one
}

/** Finds places whose values change between two responses to the same request. */
class ChangeFinder {
  readonly #last = new Map<string, ReceivedAnswer>()
  readonly #changed = new Set<string>()
  readonly #seen = new Set<string>()

  note(each: Case, answer: ReceivedAnswer): void {
    const before = this.#last.get(each.name)
    this.#last.set(each.name, answer)
    if (before?.status === answer.status)
      for (const place of changedPlaces(before, answer)) this.#changed.add(placeKey(place, answer))
  }

  /** Whether one of these places was not seen before. Counts them as seen. */
  isNew(answer: ReceivedAnswer, differences: readonly Difference[]): boolean {
    const keys = differences
      .filter(({ found }) => found !== undefined)
      .map(({ place }) => placeKey(place, answer))
      .filter(key => !this.#seen.has(key))
    for (const key of keys) this.#seen.add(key)
    return keys.length > 0
  }

  /** The changing places within these differences. */
  in(answer: ReceivedAnswer, differences: readonly Difference[]): string[] {
    const prefix = placeKey('', answer)
    const places = [...this.#changed].flatMap(key => {
      if (key.startsWith('header ')) return [key]
      return key.startsWith(prefix) ? [key.slice(prefix.length)] : []
    })
    return places.filter(place => differences.some(difference => isWithin(place, difference)))
  }
}

/** A header changes in all responses, a value of a body in those of the same status. */
const placeKey = (place: string, { status }: ReceivedAnswer): string =>
  place.startsWith('header ') ? place.toLowerCase() : `${status} ${place}`

/** The values of a response that a case keeps for later requests; missing ones are omitted. */
const keptValues = ({ keeps }: Case, { body }: ReceivedAnswer): Values => {
  if (Object.keys(keeps).length === 0) return {}
  const { tree } = parseBody(body)
  return Object.fromEntries(
    Object.entries(keeps).flatMap(([name, path]) => {
      const value = path.split('.').reduce<unknown>(stepInto, tree)
      return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : []
    })
  )
}

/** The reason why a login was not accepted. */
const refusedLogin = (answer: ReceivedAnswer, cases: Cases, wasAccepted: boolean): string => {
  const { product, login } = cases
  const { status, body } = answer
  const type = headerOf(answer, 'content-type') ?? 'no Content-Type'
  const summary = `${login.request.method} ${login.request.target} was answered with HTTP ${status}, ${type}`
  if (wasAccepted)
    return `${summary}: the server refuses an account that it accepted before; it may be locked. Nothing more was sent`
  if (status >= 300 && status < 400)
    return `${summary}, a redirect to ${headerOf(answer, 'location') ?? 'nowhere'}, which is not followed: give the URL of ${product} itself`
  if (/^\s*<(?:!doctype html|html)/i.test(body) || /^text\/html/i.test(type))
    return `${summary}, a page for browsers: this URL leads to a login page, a proxy or another server`
  if (status === 502 || status === 503 || status === 504)
    return `${summary}: the server behind this URL does not respond to its proxy`
  if (status === 401 || status === 403 || isRefusal(answer, cases))
    return `${summary}: the login is refused. The credentials are wrong, or the account is locked. Nothing more was sent`
  return `${summary}, and no session token: this is not a response of ${product}. It begins with ${JSON.stringify(body.slice(0, 80))}`
}

/** The response of the product to a wrong password. */
const isRefusal = (answer: ReceivedAnswer, cases: Cases): boolean =>
  Object.values(cases.wrongLogin.expect).some(
    expected => expected.status === answer.status && isBodyOf(expected, answer, cases)
  )
