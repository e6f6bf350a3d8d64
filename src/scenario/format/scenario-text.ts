import type { Scenario, ScenarioLookup } from '../scenario.js'
import type { Source } from './source.js'

/** Where the text of a scenario is: at hand, or in the file of a shipped one. */
export type ScenarioText = Source | { readonly shipped: string }

const texts = new WeakMap<Scenario, ScenarioText>()

/** Keeps the source text of a scenario as long as the scenario itself. */
export const keepText = (scenario: Scenario, text: ScenarioText): void => void texts.set(scenario, text)

/** The text that a scenario was read from; undefined where it came by none. */
export const textOf = (scenario: Scenario): ScenarioText | undefined => texts.get(scenario)

/** The same with the text itself; `catalog` has those of the shipped ones. */
export const sourceOf = async (
  scenario: Scenario,
  catalog: Pick<ScenarioLookup, 'text'>
): Promise<Source | undefined> => {
  const found = textOf(scenario)
  if (!found || 'text' in found) return found
  return { name: `scenarios/${found.shipped}.yaml`, text: await catalog.text(found.shipped) }
}
