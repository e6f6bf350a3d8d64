import type { Fidelity } from '../../product/product.js'
import type { AccountDocument } from '../../state/accounts.js'
import type { RuleDocument } from '../engine/rule.js'

/** The document of a scenario, valid by the schema. */
export interface ScenarioDocument {
  readonly title?: string
  readonly seed?: string | number
  readonly clock?: string
  readonly frozen?: boolean
  readonly accounts?: 'any' | readonly AccountDocument[]
  readonly sessions?: readonly {
    readonly product: string
    readonly login: string
    readonly token?: string
    readonly age?: string
    readonly status?: 'open' | 'expired' | 'ended'
  }[]
  readonly products?: Readonly<Record<string, ProductDocument>>
  readonly rules?: readonly RuleDocument[]
}

export interface ProductDocument {
  readonly fidelity?: Fidelity
  readonly idle?: string
  readonly lifetime?: string
  readonly limit?: number
  readonly [own: string]: unknown
}
