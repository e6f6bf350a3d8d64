import { hash } from 'node:crypto'

/** An account in a scenario document; further members are account data by product name. */
export interface AccountDocument {
  readonly login: string
  readonly password: string
  readonly [product: string]: unknown
}

export interface Account {
  readonly login: string
  /** Position in the list of accounts, from 1; a number derived from the login for an unlisted account. */
  readonly position: number
  /** Account data from the scenario, by product name. */
  readonly parts: Readonly<Record<string, unknown>>
  /** Whether the scenario lists it. */
  readonly isListed: boolean
}

export const demo: AccountDocument = { login: 'demo', password: 'demo' }

/** The accounts of a space. */
export class Accounts {
  readonly #byLogin = new Map<string, Account & { readonly password: string }>()
  readonly #byLowerCaseLogin = new Map<string, Account & { readonly password: string }>()

  /** `any`: accepts any password, and any login of up to 1,024 characters; listed accounts keep their data. */
  constructor(
    documents: readonly AccountDocument[],
    readonly any: boolean
  ) {
    for (const [index, { login, password, ...parts }] of documents.entries()) {
      const account = { login, password, position: index + 1, parts, isListed: true }
      this.#byLogin.set(login, account)
      this.#byLowerCaseLogin.set(login.toLowerCase(), account)
    }
  }

  /** The account with this login, regardless of a password. */
  find(login: string, caseInsensitive = false): Account | undefined {
    const listed = caseInsensitive ? this.#byLowerCaseLogin.get(login.toLowerCase()) : this.#byLogin.get(login)
    if (listed) return listed
    const isValidLogin = login !== '' && login.length <= maxLoginLength
    return this.any && isValidLogin ? unlistedAccount(caseInsensitive ? login.toLowerCase() : login) : undefined
  }

  /** The account with this login, if the password is right. */
  check(login: string, password: string, caseInsensitive = false): Account | undefined {
    const listed = caseInsensitive ? this.#byLowerCaseLogin.get(login.toLowerCase()) : this.#byLogin.get(login)
    if (this.any) return this.find(login, caseInsensitive)
    return listed && listed.password === password ? listed : undefined
  }

  list(): Account[] {
    return [...this.#byLogin.values()]
  }
}

/** Maximum length of an unlisted login, as there may be millions of sessions with one. */
const maxLoginLength = 1024

/** The account of an unlisted login: the same for every call. */
export const unlistedAccount = (login: string): Account => ({
  login,
  position: 1000 + (hash('sha256', login, 'buffer').readUInt32BE(0) % 1_000_000),
  parts: {},
  isListed: false
})

const shared = new WeakMap<readonly AccountDocument[], Accounts>()

/** The accounts of a scenario, shared by all spaces with this scenario. */
export const accountsOf = (documents: readonly AccountDocument[], any: boolean): Accounts => {
  const known = shared.get(documents)
  if (known && known.any === any) return known
  const accounts = new Accounts(documents, any)
  shared.set(documents, accounts)
  return accounts
}
