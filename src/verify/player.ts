import type { ReceivedAnswer } from './answer.js'
import type { Case, CaseRequest, Cases } from './case.js'
import { fillRequest, missingValues, placeholdersOf, type Values } from './fill.js'
import { keptValues } from './keep.js'
import { expressionOf } from './marks.js'
import { OpenedSessions, tokenOf } from './opened-sessions.js'
import { refusedLogin } from './refused-login.js'
import { NoAnswer, RunStopped } from './trouble.js'

export interface PlayOptions {
  readonly cases: Cases
  /** Values of the account, by placeholder: login, password and options. */
  readonly account: Values
  /** Sends a request. Throws NoAnswer. */
  readonly send: (request: CaseRequest) => Promise<ReceivedAnswer>
  /** Why a case is not sent; undefined where it is. */
  readonly skip: (each: Case) => string | undefined
  /** Waits until just before, or just after, an idle session ends. */
  readonly wait: (until: NonNullable<Case['wait']>) => Promise<void>
  /** Told of each case before it is sent. */
  readonly onCase?: ((each: Case) => void) | undefined
  /** Aborted when the run is to stop before its end. */
  readonly stop?: AbortSignal
  /** Stops the run where the first login, or one that opens a session for another case, is refused. */
  readonly strict?: boolean
}

/** What came of a case. */
export interface Observation {
  readonly case: Case
  /** Undefined where it was not sent or not answered. */
  readonly answer: ReceivedAnswer | undefined
  /** Why it was not sent. */
  readonly skipped?: string
  /** Why there was no answer. */
  readonly lost?: string
  /** The values of the placeholders after the answer. */
  readonly values: Values
}

export interface Run {
  readonly observations: readonly Observation[]
  /** Why the run ended before its end. */
  readonly stopped: string | undefined
  /** Sessions that it opened, and those of them that could not be ended. */
  readonly sessions: { readonly opened: number; readonly left: number }
}

/** Plays the cases in their order, and ends every session that it opened, also where the run is stopped. */
export const playCases = async (options: PlayOptions): Promise<Run> => {
  const player = new Player(options)
  const stopped = await player.play()
  return { observations: player.observations, stopped, sessions: await player.sessions.endAll() }
}

/** Requests in succession without an answer, after which the run stops. */
const mostLost = 3

class Player {
  readonly observations: Observation[] = []
  readonly sessions: OpenedSessions
  readonly #options: PlayOptions
  #values: Values
  #lost = 0
  #answered = false
  /** A login was refused since the last one that was not. */
  #doubtful = false

  constructor(options: PlayOptions) {
    this.#options = options
    this.#values = { ...options.cases.options, ...options.account, 'unknown token': options.cases.unknownToken }
    this.sessions = new OpenedSessions(options.cases, token =>
      options.send(fillRequest(options.cases.logout.request, { ...this.#values, token }))
    )
  }

  /** Plays all cases; the answer is why it stopped before, if it did. */
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
      this.#observe({ case: each, answer: undefined, skipped, values: this.#values })
      return
    }
    if (each.wait) await this.#options.wait(each.wait)
    if (this.#options.stop?.aborted) throw new RunStopped('it was interrupted')
    const answer = await this.#send(each)
    if (typeof answer === 'string') {
      this.#observe({ case: each, answer: undefined, lost: answer, values: this.#values })
      if (placeholdersOf(each.request).includes('token')) this.#forget()
      return
    }
    const before = this.#values
    this.#learn(each, answer)
    this.#observe({ case: each, answer, values: { ...before, ...this.#values } })
    this.#followUp(each, answer)
  }

  #observe(observation: Observation): void {
    this.observations.push(observation)
  }

  /** Sees to it that the values are there that a request needs; the answer is why they cannot be. */
  async #prepare({ request, opens }: Case): Promise<string | undefined> {
    const needed = placeholdersOf(request)
    if (needed.includes('dead token') && this.#values['dead token'] === undefined) await this.#openAndEnd()
    const isNeeded = needed.includes('token') || (opens && this.#doubtful)
    if (isNeeded && (this.#values.token === undefined || this.#doubtful)) await this.#open()
    const [missing] = missingValues(request, this.#values)
    return missing === undefined ? undefined : `there is no {${missing}} to send`
  }

  /** Opens a session that no case opened. */
  async #open(): Promise<void> {
    const { login } = this.#options.cases
    const answer = await this.#send(login)
    if (typeof answer !== 'string') this.#learn(login, answer)
  }

  async #openAndEnd(): Promise<void> {
    const { logout } = this.#options.cases
    if (this.#values.token === undefined) await this.#open()
    if (this.#values.token === undefined) return
    const answer = await this.#send(logout)
    if (typeof answer !== 'string') this.#followUp(logout, answer)
  }

  /** The answer, or why there is none. Throws RunStopped where nothing answers any more. */
  async #send(each: Case): Promise<ReceivedAnswer | string> {
    try {
      const answer = await this.#options.send(fillRequest(each.request, this.#values))
      this.#lost = 0
      this.#answered = true
      this.sessions.note(answer)
      return answer
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      this.#lost += 1
      if (!this.#answered || this.#lost >= mostLost) throw new RunStopped(error.message)
      return error.message
    }
  }

  /** Takes from an answer what later requests need. Throws RunStopped where it refuses a login that must not be refused. */
  #learn(each: Case, answer: ReceivedAnswer): void {
    const { cases, strict } = this.#options
    this.#values = { ...this.#values, ...keptValues(each, answer) }
    if (!each.opens) return
    const token = tokenOf(answer, cases)
    const isCheck = this.#doubtful || this.sessions.opened === 0 || each === cases.login
    if (token === undefined && strict && isCheck)
      throw new RunStopped(refusedLogin(answer, cases, this.sessions.opened > 0))
    this.#doubtful = token === undefined
    if (token !== undefined) this.#values = { ...this.#values, token }
  }

  /** What an answer means for the token that was sent. */
  #followUp(each: Case, answer: ReceivedAnswer): void {
    const { token } = this.#values
    if (token === undefined || !placeholdersOf(each.request).includes('token')) return
    const { patterns } = this.#options.cases
    const likely = Object.values(each.expect).filter(({ status }) => status === answer.status)
    const isExpected = likely.some(({ body }) => expressionOf(body, { values: {}, patterns }).test(answer.body))
    if (each.ends && likely.length > 0) {
      this.sessions.ended(token)
      this.#values = { ...this.#values, 'dead token': token }
    }
    if (each.ends || each.drops || !isExpected) this.#forget()
  }

  #forget(): void {
    const { token: _token, ...others } = this.#values
    this.#values = others
  }
}
