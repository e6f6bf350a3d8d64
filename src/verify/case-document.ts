import type { Fidelity } from '../product/product.js'
import type { Case, FactSource, Step } from './case.js'

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
  readonly tokens: { readonly unknown: string; readonly body?: string; readonly header?: string }
  readonly options?: Readonly<Record<string, string>>
  readonly patterns?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly answers?: Readonly<Record<string, AnswerDocument>>
  readonly login: string
  readonly logout: string
  readonly wrong_login: string
  readonly cases: readonly CaseDocument[]
}
