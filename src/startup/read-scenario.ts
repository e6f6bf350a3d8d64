import { UserError } from '../base/user-error.js'
import type { CheckedSettings } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'
import type { ScenarioCatalog } from '../scenario/format/catalog.js'
import type { ParsedScenario } from '../scenario/scenario.js'
import { fileToWatch } from './watch.js'

/** The settings and the scenario that they name. Throws one UserError with everything that is wrong in both. */
export const readWithScenario = async (
  { settings, problems }: CheckedSettings,
  catalog: ScenarioCatalog
): Promise<{ readonly settings: Settings; readonly scenario: ParsedScenario }> => {
  const scenario = await readScenario(settings, catalog).catch(rethrowUnlessUserError)
  const all = [...problems, ...(scenario instanceof UserError ? [scenario.message] : [])]
  if (all.length > 0 || !scenario || scenario instanceof UserError) throw new UserError(all.join('\n'))
  return { settings: settings as Settings, scenario }
}

/** Undefined where the setting itself is wrong: then there is no scenario to read. */
const readScenario = async (
  settings: Partial<Settings>,
  catalog: ScenarioCatalog
): Promise<ParsedScenario | undefined> => {
  if (settings.scenario === undefined) return undefined
  const scenario = await catalog.find(settings.scenario)
  if (settings.watch) await fileToWatch(catalog, settings.scenario)
  return scenario
}

const rethrowUnlessUserError = (error: unknown): UserError => {
  if (error instanceof UserError) return error
  throw error
}
