import type { Fidelity } from '../product/product.js'
import type { Policy } from '../session/sessions.js'
import type { AccountDocument } from '../state/accounts.js'
import type { Rule } from './engine/rule.js'
import type { LocatedIssue } from './validation-issue.js'

/** Settings of a product's behaviour, by the command line or a scenario; the scenario takes precedence. */
export interface ProductSettings extends Partial<Pick<Policy, 'idle' | 'lifetime' | 'limit'>> {
  readonly fidelity?: Fidelity
  /** Additional settings by the product's own schema. */
  readonly [own: string]: unknown
}

/** A session that is there when the scenario begins. */
export interface InitialSession {
  readonly product: string
  readonly login: string
  /** Drawn where it is left out. */
  readonly token?: string
  /** Milliseconds since its login, which was also its last use. */
  readonly age: number
  readonly status: 'open' | 'expired' | 'ended'
}

/** A scenario, read and checked: how a space begins. Times in Unix milliseconds. */
export interface Scenario {
  readonly title: string
  readonly seed?: string | number
  readonly clock?: number
  readonly frozen?: boolean
  readonly accounts: readonly AccountDocument[] | 'any'
  readonly sessions: readonly InitialSession[]
  readonly products: Readonly<Record<string, ProductSettings>>
  readonly rules: readonly Rule[]
}

/** A scenario that was read from a text. */
export interface ParsedScenario {
  readonly scenario: Scenario
  /** Things that are allowed and hardly meant. */
  readonly warnings: readonly LocatedIssue[]
}

/** Where scenarios are found. */
export interface ScenarioLookup {
  /** Those that are shipped. */
  names(): Promise<string[]>
  /** By its shipped name, a file's path, or its text. Throws a UserError. */
  find(said: string): Promise<ParsedScenario>
  /** The text of a shipped one. */
  text(name: string): Promise<string>
  /** By its text, with a name for it in complaints. Throws ScenarioError. */
  read(source: { readonly name: string; readonly text: string }): Promise<ParsedScenario>
}
