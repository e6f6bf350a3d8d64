import { parseDuration } from '../../base/duration.js'
import type { Product } from '../../product/product.js'
import { demo } from '../../state/accounts.js'
import { compileRule } from '../engine/rule.js'
import type { InitialSession, ProductSettings, Scenario } from '../scenario.js'
import type { ProductDocument, ScenarioDocument } from './scenario-document.js'

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
