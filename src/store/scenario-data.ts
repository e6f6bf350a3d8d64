import { textOf } from '../scenario/format/source.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import type { ScenarioData } from './input.js'

export type ScenarioReader = (data: ScenarioData) => Promise<Scenario>

/** A scenario as plain data: its text, or the name of a shipped one. */
export const scenarioData = (scenario: Scenario): ScenarioData => textOf(scenario) ?? {}

/** Reads scenarios from plain data. Data without a text is the scenario of the start, which is equal in all processes. */
export const createScenarioReader = (catalog: ScenarioLookup, start: Scenario): ScenarioReader => {
  const own = JSON.stringify(scenarioData(start))
  return async data => {
    if (JSON.stringify(data) === own) return start
    if (data.shipped !== undefined) return (await catalog.find(data.shipped)).scenario
    if (data.text === undefined) return start
    return (await catalog.read({ name: data.name ?? 'scenario', text: data.text })).scenario
  }
}
