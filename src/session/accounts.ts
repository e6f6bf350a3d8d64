import { hash } from 'node:crypto'
import { getOrCreate } from '../base/collections.js'

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

/** The secrets of a space, hidden in its texts. */
export interface SpaceSecrets {
  /** Whether the word is the token of a session, in any letter case. */
  isToken(word: string): boolean
  /** Passwords and tokens of its scenario, and the passwords of recent logins to any space. */
  known(): readonly KnownValues[]
  /** Adds the password of a login. */
  remember(password: string, login: string): void
}

/** `1f39…1d93`: enough to recognise a token, too little to use it. */
export const shortToken = (token: string): string =>
  token.length < 12 ? hidden : `${token.slice(0, 4)}…${token.slice(-4)}`

/** The replacement of a password. No part of it is shown, as it may be short, or used elsewhere by a person. */
export const hidden = '…'

/** A place in a text, and its replacement. */
export interface Hidden {
  readonly from: number
  readonly to: number
  readonly brief: string
}

/** Shorter tokens occur in texts by chance. They are hidden only as values of secret fields. */
export const minToken = 8

/** Secret values. They are found in any letter case, in a time that does not depend on their number. */
export class KnownValues {
  /** By their first four bytes, then by length, then by value. */
  readonly #byStart = new Map<number, Map<number, Map<string, Known>>>()
  /** Whether a value may begin with four such bytes; undefined for few values. */
  #mayStart: Uint8Array | undefined
  readonly #all = new Map<string, Known>()

  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  /** Short tokens are ignored. */
  addToken(token: string): this {
    return token.length < minToken ? this : this.#add(token, shortToken(token))
  }

  /** Short passwords, and common words of protocols, are ignored. */
  addPassword(password: string): this {
    return password.length < 4 || commonWords.test(password) ? this : this.#add(password, hidden)
  }

  /** The places of the values in a text: UTF-8 bytes, one character per byte, in lower case. */
  find(text: string): Hidden[] {
    const found: Hidden[] = []
    const add = (known: Known, from: number, to: number) => {
      if (!known.isWord || isWord(text, from, to))
        found.push({ from, to: to + restOf(text, to, known), brief: known.brief })
    }
    if (this.#mayStart) this.#findMany(text, this.#mayStart, add)
    else
      for (const [searched, known] of this.#all)
        for (let from = text.indexOf(searched); from >= 0; from = text.indexOf(searched, from + 1))
          add(known, from, from + searched.length)
    return found
  }

  #findMany(text: string, mayStart: Uint8Array, add: (known: Known, from: number, to: number) => void): void {
    for (let at = 0, start = 0; at < text.length; at += 1) {
      start = (start << 8) | text.charCodeAt(at)
      if (at < 3 || mayStart[slotOf(start)] === 0) continue
      for (const [length, values] of this.#byStart.get(start) ?? []) {
        const known = values.get(text.slice(at - 3, at - 3 + length))
        if (known) add(known, at - 3, at - 3 + length)
      }
    }
  }

  #add(value: string, brief: string): this {
    const isWord = value.length < minToken
    for (const form of formsOf(value)) {
      const bytes = bytesOf(form).toLowerCase()
      const searched = bytes.slice(0, maxSearched)
      if (this.#all.has(searched)) continue
      const known = { brief, isWord, rest: bytes.slice(maxSearched) }
      this.#all.set(searched, known)
      if (this.#mayStart) this.#index(this.#mayStart, searched, known)
    }
    if (this.#mayStart || this.#all.size <= fewValues) return this
    this.#mayStart = new Uint8Array(4096)
    for (const [searched, known] of this.#all) this.#index(this.#mayStart, searched, known)
    return this
  }

  #index(mayStart: Uint8Array, searched: string, known: Known): void {
    const start = startOf(searched)
    mayStart[slotOf(start)] = 1
    const byLength = getOrCreate(this.#byStart, start, () => new Map())
    getOrCreate(byLength, searched.length, () => new Map<string, Known>()).set(searched, known)
  }
}

/** Bytes in lower case are equal only for letters of ASCII. A form of HTML may have plus signs for blanks. */
const formsOf = (value: string): readonly string[] =>
  isAscii(value) && !value.includes(' ')
    ? [value]
    : [value, value.toLowerCase(), value.toUpperCase(), value.replaceAll(' ', '+')]

interface Known {
  readonly brief: string
  /** A short secret matches only as a whole word. */
  readonly isWord: boolean
  /** The bytes of a long secret that are not searched. */
  readonly rest: string
}

/** Of so few values, each is searched by itself. */
const fewValues = 8

/** Bytes of a value that are searched: this bounds the lengths that are tried at one place of a text. */
const maxSearched = 40

const startOf = (bytes: string): number =>
  [0, 1, 2, 3].reduce((start, index) => (start << 8) | (bytes.charCodeAt(index) || 0), 0)

const slotOf = (start: number): number => Math.imul(start, 0x9e3779b1) >>> 20

const isWord = (text: string, from: number, to: number): boolean =>
  !/\w/.test(text[from - 1] ?? '') && !/\w/.test(text[to] ?? '')

/** The length of the rest of a value; in a text that was cut short, or has another rest, up to the end of the word. */
const restOf = (text: string, at: number, { rest }: Known): number => {
  if (rest === '' || text.startsWith(rest, at)) return rest.length
  const end = /[?\s"'<>&;,]|$/g
  end.lastIndex = at
  return (end.exec(text)?.index ?? text.length) - at
}

const commonWords =
  /^(?:pass|passw(?:or)?d|pwd|secret|token|session|login|username|user|name|true|false|null|json|http|https|application|text)$/i

/** The passwords of recent logins of a server. */
export class RecentPasswords {
  readonly #passwords = new Set<string>()
  #known: KnownValues | undefined

  /** Remembers a password, unless it is the login, or a plain word: such a word is hidden only in its own request. */
  add(password: string, login: string): void {
    if (this.#passwords.has(password) || !isDistinctive(password) || password.toLowerCase() === login.toLowerCase())
      return
    if (this.#passwords.size >= maxRecent) {
      this.#passwords.clear()
      this.#known = undefined
    }
    this.#passwords.add(password)
    this.#known?.addPassword(password)
  }

  get known(): KnownValues {
    this.#known ??= [...this.#passwords].reduce((known, password) => known.addPassword(password), new KnownValues())
    return this.#known
  }
}

/** Passwords that are remembered. */
const maxRecent = 1000

/** Characters of a password that is remembered. */
const maxLength = 256

/** Has a digit, a sign or letters of both cases. */
const isDistinctive = (password: string): boolean =>
  password.length >= 4 && password.length <= maxLength && !/^(?:[a-z-]*|[A-Z-]*|[A-Z][a-z-]*|\d{1,5})$/.test(password)

/** A text as its UTF-8 bytes, one character per byte. */
export const bytesOf = (text: string): string => (isAscii(text) ? text : Buffer.from(text).toString('latin1'))

/** The inverse of `bytesOf`. */
export const textOf = (bytes: string): string => (isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString())

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)
