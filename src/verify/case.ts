import type { Fidelity } from '../product/product.js'

/**
 * The source of a fact: the published documentation, a real server or its source code, a public client, or our own decision.
 */
export const factSources = ['documented', 'seen', 'client', 'ours'] as const
export type FactSource = (typeof factSources)[number]

/** The stages of a session, in order. */
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

/** A response with marks such as `{number}` for its volatile parts. */
export interface ExpectedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Case {
  readonly name: string
  readonly step: Step
  readonly source: FactSource
  /** The heading of the page of the product with the fact. */
  readonly place: string
  readonly request: CaseRequest
  /** The response contains a new token, the value of `{token}` from now on. */
  readonly opens: boolean
  /** Invalidates `{token}`, which becomes `{dead token}`. */
  readonly ends: boolean
  /** `{token}` is not used by later cases. */
  readonly drops: boolean
  /** Values of the response for later requests: the path in a JSON body, such as `tenants.0.tenantId`, by placeholder. */
  readonly keeps: Readonly<Record<string, string>>
  /** Sent shortly before, or shortly after, the expiry of an idle session. */
  readonly wait: 'before expiry' | 'after expiry' | undefined
  /** The reason not to send it to a real server; undefined if it is safe. */
  readonly unsafe: string | undefined
  readonly expect: Readonly<Record<Fidelity, ExpectedAnswer>>
}

/** The cases of a product, in the order of their requests. */
export interface Cases {
  readonly product: string
  /** The place of the token in a login response: a field of the body, at any depth, or a header. */
  readonly tokenIn: { readonly field?: string | undefined; readonly header?: string | undefined }
  /** A well-formed token that was never issued. */
  readonly unknownToken: string
  /** Placeholders of account options, with their defaults. */
  readonly options: Readonly<Record<string, string>>
  /** Regular expressions of marks, by name. */
  readonly patterns: Readonly<Record<string, string>>
  /** Values with marks of headers in any response, by lower-case name. */
  readonly volatileHeaders: ReadonlyMap<string, readonly string[]>
  /** Opens a session for cases that require one. */
  readonly login: Case
  /** Ends a session. */
  readonly logout: Case
  /** A login with a wrong password. */
  readonly wrongLogin: Case
  readonly cases: readonly Case[]
}

export interface AnswerDocument {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: string
}

type AnswerOrName = string | AnswerDocument

export interface CaseDocument {
  readonly name: string
  readonly step: Step
  readonly request: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly opens?: true
  readonly ends?: true
  readonly drops?: true
  readonly keeps?: Readonly<Record<string, string>>
  readonly wait?: NonNullable<Case['wait']>
  readonly unsafe?: string
  readonly source: FactSource
  readonly place: string
  readonly expect: AnswerOrName | Readonly<Record<Fidelity, AnswerOrName>>
}

/** The cases of a product as written, validated by the schema. */
export interface CasesDocument {
  readonly product: string
  readonly tokens: { readonly unknown: string; readonly field?: string; readonly header?: string }
  readonly options?: Readonly<Record<string, string>>
  readonly patterns?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly answers?: Readonly<Record<string, AnswerDocument>>
  readonly login: string
  readonly logout: string
  readonly wrong_login: string
  readonly cases: readonly CaseDocument[]
}
