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
  /** The reason not to send a case, or undefined. */
  readonly skip: (each: Case) => string | undefined
  /** Waits until shortly before, or shortly after, the expiry of an idle session. */
  readonly wait: (until: NonNullable<Case['wait']>) => Promise<void>
  /** Called before each case. */
  readonly onCase?: ((each: Case) => void) | undefined
  /** Stops the run early. */
  readonly stop?: AbortSignal
  /** Stop the run if the first login, or a login for another case, is refused. */
  readonly strict?: boolean
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
  return { observations: player.observations, stopped, sessions: await player.sessions.endAll() }
}

/** Consecutive requests without a response that stop the run. */
const maxLost = 3

class Player {
  readonly observations: Observation[] = []
  readonly sessions: OpenedSessions
  readonly #options: PlayOptions
  #values: Values
  #lost = 0
  #answered = false
  /** The last login was refused. */
  #isRefused = false

  constructor(options: PlayOptions) {
    this.#options = options
    this.#values = { ...options.cases.options, ...options.account, 'unknown token': options.cases.unknownToken }
    this.sessions = new OpenedSessions(options.cases, token =>
      options.send(fillRequest(options.cases.logout.request, { ...this.#values, token }))
    )
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
      this.#observe({ case: each, answer: undefined, skipped, values: this.#values })
      return
    }
    if (each.wait) await this.#options.wait(each.wait)
    if (this.#options.stop?.aborted) throw new RunStopped('it was interrupted')
    const answer = await this.#send(each)
    if (typeof answer === 'string') {
      this.#observe({ case: each, answer: undefined, lost: answer, values: this.#values })
      if (placeholdersOf(each.request).includes('token')) this.#dropToken()
      return
    }
    const before = this.#values
    this.#takeValues(each, answer)
    this.#observe({ case: each, answer, values: { ...before, ...this.#values } })
    this.#updateToken(each, answer)
  }

  #observe(observation: Observation): void {
    this.observations.push(observation)
  }

  /** Makes the required values of a request available. Resolves to the reason if that fails. */
  async #prepare({ request, opens }: Case): Promise<string | undefined> {
    const needed = placeholdersOf(request)
    if (needed.includes('dead token') && this.#values['dead token'] === undefined) await this.#openAndEnd()
    const isNeeded = needed.includes('token') || (opens && this.#isRefused)
    if (isNeeded && (this.#values.token === undefined || this.#isRefused)) await this.#open()
    const [missing] = missingValues(request, this.#values)
    return missing === undefined ? undefined : `there is no {${missing}} to send`
  }

  /** Opens a session outside of the cases. */
  async #open(): Promise<void> {
    const { login } = this.#options.cases
    const answer = await this.#send(login)
    if (typeof answer !== 'string') this.#takeValues(login, answer)
  }

  async #openAndEnd(): Promise<void> {
    const { logout } = this.#options.cases
    if (this.#values.token === undefined) await this.#open()
    if (this.#values.token === undefined) return
    const answer = await this.#send(logout)
    if (typeof answer !== 'string') this.#updateToken(logout, answer)
  }

  /** The response, or the reason without one. Throws RunStopped if the server has stopped responding. */
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
      if (!this.#answered || this.#lost >= maxLost) throw new RunStopped(error.message)
      return error.message
    }
  }

  /** Takes the values for later requests from a response. Throws RunStopped for a refused login in a strict run. */
  #takeValues(each: Case, answer: ReceivedAnswer): void {
    const { cases, strict } = this.#options
    this.#values = { ...this.#values, ...keptValues(each, answer) }
    if (!each.opens) return
    const token = tokenOf(answer, cases)
    const isCheck = this.#isRefused || this.sessions.opened === 0 || each === cases.login
    if (token === undefined && strict && isCheck)
      throw new RunStopped(refusedLogin(answer, cases, this.sessions.opened > 0))
    this.#isRefused = token === undefined
    if (token !== undefined) this.#values = { ...this.#values, token }
  }

  /** Updates the state of the sent token by the response. */
  #updateToken(each: Case, answer: ReceivedAnswer): void {
    const { token } = this.#values
    if (token === undefined || !placeholdersOf(each.request).includes('token')) return
    const { patterns } = this.#options.cases
    const matching = Object.values(each.expect).filter(({ status }) => status === answer.status)
    const isExpected = matching.some(({ body }) => expressionOf(body, { values: {}, patterns }).test(answer.body))
    if (each.ends && matching.length > 0) {
      this.sessions.ended(token)
      this.#values = { ...this.#values, 'dead token': token }
    }
    if (each.ends || each.drops || !isExpected) this.#dropToken()
  }

  #dropToken(): void {
    const { token: _token, ...others } = this.#values
    this.#values = others
  }
}
