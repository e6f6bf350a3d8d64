import type { Fidelity } from '../product/product.js'

/** Where a fact comes from: the published document, a real server or its source, a public client, or our choice. */
export const factSources = ['documented', 'seen', 'client', 'ours'] as const
export type FactSource = (typeof factSources)[number]

/** The parts of the life of a session, in their order. */
export const steps = [
  'log in',
  'use',
  'formats',
  'log out',
  'use again',
  'log out again',
  'unknown token',
  'no token',
  'wrong method',
  'wrong path',
  'refusals',
  'expiry'
] as const
export type Step = (typeof steps)[number]

/** A request with placeholders such as `{token}`. */
export interface CaseRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** An answer whose volatile parts are marks such as `{number}`. */
export interface ExpectedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Case {
  readonly name: string
  readonly step: Step
  readonly source: FactSource
  /** The heading of the product's page that has the fact. */
  readonly place: string
  readonly request: CaseRequest
  /** The answer has a new token, which is `{token}` from then on. */
  readonly opens: boolean
  /** `{token}` is dead after it, and becomes `{dead token}`. */
  readonly ends: boolean
  /** `{token}` is not used by later cases. */
  readonly drops: boolean
  /** Values of the answer for later requests: the path in a JSON body, such as `tenants.0.tenantId`, by placeholder. */
  readonly keeps: Readonly<Record<string, string>>
  /** It is sent just before, or just after, an idle session ends. */
  readonly wait: 'before expiry' | 'after expiry' | undefined
  /** Why it is not sent to a real server; undefined where it is safe. */
  readonly unsafe: string | undefined
  readonly expect: Readonly<Record<Fidelity, ExpectedAnswer>>
}

/** The cases of a product, in the order in which they are played. */
export interface Cases {
  readonly product: string
  /** Where an answer has the token of a new session: the first group of `body`, or the header. */
  readonly tokenIn: { readonly body?: RegExp | undefined; readonly header?: string | undefined }
  /** A well-formed token that no login has issued. */
  readonly unknownToken: string
  /** Values of placeholders that are options of an account. */
  readonly options: Readonly<Record<string, string>>
  /** Regular expressions of marks, by name. */
  readonly patterns: Readonly<Record<string, string>>
  /** Values with marks that headers have in any answer, by lower-case name. */
  readonly volatileHeaders: ReadonlyMap<string, readonly string[]>
  /** Opens a session for the cases that need one. */
  readonly login: Case
  /** Ends a session that is left open. */
  readonly logout: Case
  /** A login with a wrong password. */
  readonly wrongLogin: Case
  readonly cases: readonly Case[]
}
