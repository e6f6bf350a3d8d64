import type { Scenario, ScenarioLookup } from '../scenario.js'
import type { Source } from './source.js'

/** The text of a scenario, or the name of a shipped one. */
export type ScenarioText = Source | { readonly shipped: string }

const texts = new WeakMap<Scenario, ScenarioText>()

/** Keeps the source text of a scenario as long as the scenario itself. */
export const keepText = (scenario: Scenario, text: ScenarioText): void => void texts.set(scenario, text)

/** The source text of a scenario; undefined for one without a text. */
export const textOf = (scenario: Scenario): ScenarioText | undefined => texts.get(scenario)

/** The same, with the text of a shipped scenario from `catalog`. */
export const sourceOf = async (
  scenario: Scenario,
  catalog: Pick<ScenarioLookup, 'text'>
): Promise<Source | undefined> => {
  const found = textOf(scenario)
  if (!found || 'text' in found) return found
  return { name: `scenarios/${found.shipped}.yaml`, text: await catalog.text(found.shipped) }
}
