import { demo } from '../accounts.js'
import { parseDuration } from '../duration.js'
import type { Product } from '../product.js'
import type { OpeningSession, ProductSettings, Story } from '../story.js'
import type { ProductDraft, Scenario } from './draft.js'
import { compileRule } from './rule.js'

/** A checked scenario, made ready to play. `placeOf` says where the rule of an index stands: `story.yaml:14`. */
export const compileStory = (
  scenario: Scenario,
  name: string,
  placeOf: (index: number) => string,
  products: readonly Product[]
): Story => {
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
      ({ age, status = 'open', ...session }): OpeningSession => ({
        ...session,
        status,
        age: parseDuration(age ?? '') ?? 0
      })
    ),
    products: Object.fromEntries(Object.entries(settings).map(([product, draft]) => [product, settingsOf(draft)])),
    rules: rules.map((rule, index) => compileRule(rule, index + 1, placeOf(index), products))
  }
}

const settingsOf = ({ idle, lifetime, ...rest }: ProductDraft): ProductSettings => ({
  ...rest,
  ...(idle === undefined ? {} : { idle: span(idle) }),
  ...(lifetime === undefined ? {} : { lifetime: span(lifetime) })
})

const span = (text: string): number => parseDuration(text) ?? Number.POSITIVE_INFINITY
