import type { AccountDraft } from '../accounts.js'
import type { Fidelity } from '../product.js'
import type { RuleDraft } from './rule.js'

/** A scenario as it is written, and checked against the schema. */
export interface Scenario {
  readonly title?: string
  readonly seed?: string | number
  readonly clock?: string
  readonly frozen?: boolean
  readonly accounts?: 'any' | readonly AccountDraft[]
  readonly sessions?: readonly {
    readonly product: string
    readonly login: string
    readonly token?: string
    readonly age?: string
    readonly status?: 'open' | 'expired' | 'ended'
  }[]
  readonly products?: Readonly<Record<string, ProductDraft>>
  readonly rules?: readonly RuleDraft[]
}

export interface ProductDraft {
  readonly fidelity?: Fidelity
  readonly idle?: string
  readonly lifetime?: string
  readonly limit?: number
  readonly [own: string]: unknown
}
