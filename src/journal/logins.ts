import type { Session } from '../session/sessions.js'
import type { Entry } from './entry.js'

/** The number of the last login, successful or not, to each product: of any account, of an unknown one, and of each. */
export class LastLogins {
  readonly #numbers = new Map<string, number>()

  /** `logins`: in the order of their numbers. */
  constructor(logins: readonly Entry[]) {
    for (const { product, login, number } of logins) {
      this.#numbers.set(`${product}`, number)
      this.#numbers.set(accountKey(product, login), number)
    }
  }

  /** The last login that may be of the same client: with the same account, if both are known. */
  numberFor({ product, login }: Entry): number {
    if (login === undefined) return this.#last(`${product}`)
    return Math.max(this.#last(accountKey(product, login)), this.#last(accountKey(product, undefined)))
  }

  #last(key: string): number {
    return this.#numbers.get(key) ?? 0
  }
}

const accountKey = (product: string | undefined, login: string | undefined): string =>
  `${product} ${login === undefined ? '' : `of ${login.toLowerCase()}`}`

/** The logins of one account, with possibly open sessions. */
export class AccountLogins {
  readonly #logins: Entry[] = []
  /** Logins before it are over, also if the clock is set back. */
  #first = 0

  /** `over`: keys of tokens that are of no use to the client any more. */
  constructor(readonly over: ReadonlySet<string>) {}

  /** Adds a login; returns the earliest one with another session that is open at its time. */
  add(login: Entry): Entry | undefined {
    const earlier = this.#earliestOpen(login)
    if (this.#logins.at(-1)?.session !== login.session) this.#logins.push(login)
    return earlier
  }

  #earliestOpen(login: Entry): Entry | undefined {
    for (let index = this.#first; index < this.#logins.length; index += 1) {
      const before = this.#logins[index]
      const isOpen = before?.session && !this.over.has(sessionKey(before)) && wasOpen(before.session, login.at)
      if (isOpen && before.session !== login.session) return before
      if (!isOpen && index === this.#first) this.#first += 1
    }
    return undefined
  }
}

/** Whether the session was open at that time. */
const wasOpen = ({ end, endsAt }: Session, at: number): boolean => (end === undefined ? endsAt : end.at) > at

/** The session of the login, in the same form as `tokenKey`. */
export const sessionKey = ({ product, session }: Entry): string => `${product} ${session?.token}`
export const tokenKey = ({ product, token }: Entry): string => `${product} ${token}`
