import { hash } from 'node:crypto'

/** An account as a scenario writes it: who, and what single products add, under their names. */
export interface AccountDocument {
  readonly login: string
  readonly password: string
  readonly [product: string]: unknown
}

export interface Account {
  readonly login: string
  /** Its place among the listed accounts, from 1; of an account that is not listed, a number made of its name. */
  readonly position: number
  /** What was said of it for each product, under the product's name. */
  readonly parts: Readonly<Record<string, unknown>>
  /** Whether the scenario lists it. */
  readonly isListed: boolean
}

export const demo: AccountDocument = { login: 'demo', password: 'demo' }

/** Who may log in. */
export class Accounts {
  readonly #byLogin = new Map<string, Account & { readonly password: string }>()
  readonly #byFoldedLogin = new Map<string, Account & { readonly password: string }>()

  #passwords: readonly string[] | undefined

  /** With `any`, everyone may, with any password and a name of up to 1,024 characters; what is listed still says who they are. */
  constructor(
    drafts: readonly AccountDocument[],
    readonly any: boolean
  ) {
    for (const [index, { login, password, ...parts }] of drafts.entries()) {
      const account = { login, password, position: index + 1, parts, isListed: true }
      this.#byLogin.set(login, account)
      this.#byFoldedLogin.set(login.toLowerCase(), account)
    }
  }

  /** The account of that name, whoever asks. `caseInsensitive`: letter case does not matter. */
  find(login: string, caseInsensitive = false): Account | undefined {
    const listed = caseInsensitive ? this.#byFoldedLogin.get(login.toLowerCase()) : this.#byLogin.get(login)
    if (listed) return listed
    const isName = login !== '' && login.length <= longestLogin
    return this.any && isName ? unlistedAccount(caseInsensitive ? login.toLowerCase() : login) : undefined
  }

  /** The account, if it may come in with this password. */
  check(login: string, password: string, caseInsensitive = false): Account | undefined {
    const listed = caseInsensitive ? this.#byFoldedLogin.get(login.toLowerCase()) : this.#byLogin.get(login)
    if (this.any) return this.find(login, caseInsensitive)
    return listed && listed.password === password ? listed : undefined
  }

  /** Passwords that are not also a login, of the first accounts. */
  get passwords(): readonly string[] {
    this.#passwords ??= [...this.#byLogin.values()]
      .map(({ password }) => password)
      .filter(password => !this.#byFoldedLogin.has(password.toLowerCase()))
      .slice(0, mostPasswords)
    return this.#passwords
  }

  list(): Account[] {
    return [...this.#byLogin.values()]
  }
}

/** Characters of a login where anyone may log in: sessions keep it, and are kept by the million. */
const longestLogin = 1024

/** How many passwords every text of a journal is searched for. */
const mostPasswords = 100

/** The account of somebody whom no list names, the same at every login. */
export const unlistedAccount = (login: string): Account => ({
  login,
  position: 1000 + (hash('sha256', login, 'buffer').readUInt32BE(0) % 1_000_000),
  parts: {},
  isListed: false
})

const known = new WeakMap<readonly AccountDocument[], Accounts>()

/** The accounts that were written there: made once for all spaces that live the same scenario. */
export const accountsOf = (drafts: readonly AccountDocument[], any: boolean): Accounts => {
  const made = known.get(drafts)
  if (made && made.any === any) return made
  const accounts = new Accounts(drafts, any)
  known.set(drafts, accounts)
  return accounts
}
