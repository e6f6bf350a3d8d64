import { parseDuration } from '../../base/duration.js'
import type { Fidelity, Product } from '../../product/product.js'
import { type AccountDocument, demo } from '../../session/accounts.js'
import { compileRule, type RuleDocument } from '../engine/rule.js'
import type { InitialSession, ProductSettings, Scenario } from '../scenario.js'

/** Compiles a checked scenario. `placeOf` gives the position of a rule by its index: `scenario.yaml:14`. */
export const compileScenario = (
  scenario: ScenarioDocument,
  name: string,
  placeOf: (index: number) => string,
  products: readonly Product[]
): Scenario => {
  const {
    title = name,
    seed,
    clock,
    frozen,
    accounts = [demo],
    sessions = [],
    products: settings = {},
    rules = []
  } = scenario
  return {
    title,
    accounts,
    ...(seed === undefined ? {} : { seed }),
    ...(clock === undefined ? {} : { clock: Date.parse(clock) }),
    ...(frozen === undefined ? {} : { frozen }),
    sessions: sessions.map(
      ({ age, status = 'open', ...session }): InitialSession => ({
        ...session,
        status,
        age: parseDuration(age ?? '') ?? 0
      })
    ),
    products: Object.fromEntries(Object.entries(settings).map(([product, draft]) => [product, settingsOf(draft)])),
    rules: rules.map((rule, index) => compileRule(rule, index + 1, placeOf(index), products))
  }
}

const settingsOf = ({ idle, lifetime, ...rest }: ProductDocument): ProductSettings => ({
  ...rest,
  ...(idle === undefined ? {} : { idle: span(idle) }),
  ...(lifetime === undefined ? {} : { lifetime: span(lifetime) })
})

const span = (text: string): number => parseDuration(text) ?? Number.POSITIVE_INFINITY

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

interface ProductDocument {
  readonly fidelity?: Fidelity
  readonly idle?: string
  readonly lifetime?: string
  readonly limit?: number
  readonly [own: string]: unknown
}
