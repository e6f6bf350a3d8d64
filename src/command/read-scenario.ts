import { Complaint } from '../complaint.js'
import type { Library } from '../scenario/library.js'
import type { Parsed } from '../scenario/parse.js'
import { fileToWatch } from '../scenario/watch.js'
import type { CheckedSettings } from './read-settings.js'
import type { Settings } from './settings.js'

/** The settings and the scenario that they name. Throws one Complaint with everything that is wrong in both. */
export const readWithScenario = async (
  { settings, problems }: CheckedSettings,
  library: Library
): Promise<{ readonly settings: Settings; readonly scenario: Parsed }> => {
  const scenario = await readScenario(settings, library).catch(rethrowUnlessUserError)
  const all = [...problems, ...(scenario instanceof Complaint ? [scenario.message] : [])]
  if (all.length > 0 || !scenario || scenario instanceof Complaint) throw new Complaint(all.join('\n'))
  return { settings: settings as Settings, scenario }
}

/** Undefined where the setting itself is wrong: then there is no scenario to read. */
const readScenario = async (settings: Partial<Settings>, library: Library): Promise<Parsed | undefined> => {
  if (settings.scenario === undefined) return undefined
  const scenario = await library.find(settings.scenario)
  if (settings.watch) await fileToWatch(library, settings.scenario)
  return scenario
}

const rethrowUnlessUserError = (error: unknown): Complaint => {
  if (error instanceof Complaint) return error
  throw error
}
