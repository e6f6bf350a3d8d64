import type { ReceivedAnswer } from './answer.js'
import type { Cases } from './case.js'
import { NoAnswer } from './trouble.js'

/** The sessions opened by a run, by the tokens in its responses. */
export class OpenedSessions {
  readonly #cases: Cases
  readonly #logout: (token: string) => Promise<ReceivedAnswer>
  readonly #open = new Set<string>()
  readonly #known = new Set<string>()

  constructor(cases: Cases, logout: (token: string) => Promise<ReceivedAnswer>) {
    this.#cases = cases
    this.#logout = logout
  }

  /** Number of opened sessions. */
  get opened(): number {
    return this.#known.size
  }

  /** Records the token of a response, if it has a new one. */
  note(answer: ReceivedAnswer): void {
    const token = tokenOf(answer, this.#cases)
    if (token === undefined || this.#known.has(token)) return
    this.#known.add(token)
    this.#open.add(token)
  }

  ended(token: string): void {
    this.#open.delete(token)
  }

  /** Logs out of each open session. */
  async endAll(): Promise<{ readonly opened: number; readonly left: number }> {
    for (const token of [...this.#open]) if (await this.#isEnded(token)) this.#open.delete(token)
    return { opened: this.opened, left: this.#open.size }
  }

  /** The session has ended if its logout succeeds, or is refused for an invalid token. */
  async #isEnded(token: string): Promise<boolean> {
    try {
      const { status } = await this.#logout(token)
      return status === 401 || Object.values(this.#cases.logout.expect).some(expected => expected.status === status)
    } catch (error) {
      if (error instanceof NoAnswer) return false
      throw error
    }
  }
}

/** The token in a login response. */
export const tokenOf = ({ headers, body }: ReceivedAnswer, { tokenIn }: Cases): string | undefined => {
  const inBody = tokenIn.body
    ?.exec(body)
    ?.slice(1)
    .find(group => group !== undefined)
  if (inBody !== undefined) return inBody
  const [, value] = Object.entries(headers).find(([name]) => name.toLowerCase() === tokenIn.header?.toLowerCase()) ?? []
  return value === '' ? undefined : value
}
