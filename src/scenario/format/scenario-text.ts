import type { Scenario } from '../scenario.js'

/** Where the text of a scenario is: at hand, or in the file of a shipped one. */
export type ScenarioText = { readonly text: string } | { readonly shipped: string }

const texts = new WeakMap<Scenario, ScenarioText>()

/** Remembers the text that a scenario was read from, as long as the scenario itself is kept. */
export const keepText = (scenario: Scenario, text: ScenarioText): void => void texts.set(scenario, text)

/** The text that a scenario was read from; undefined where it came by none. */
export const textOf = (scenario: Scenario): ScenarioText | undefined => texts.get(scenario)
