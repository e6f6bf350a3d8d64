import { readFile, stat } from 'node:fs/promises'
import { UserError } from '../../base/errors.js'
import { isError } from '../../base/node-globals.js'
import type { Scenario, ScenarioLookup } from '../scenario.js'

/** The text of a scenario, and its name in error messages: the path of a file, or another origin. */
export interface Source {
  readonly name: string
  readonly text: string
}

/** Maximum bytes of a scenario. */
export const scenarioLimit = 1_048_576

/** True for the text of a scenario, which has a line break or begins like a map; false for a path. */
export const isText = (value: string): boolean => value.includes('\n') || /^\s*(?:\{|[\w$]+:\s)/.test(value)

/** The text of a file, under that name; undefined for a missing file. Throws a UserError for a file that cannot be read. */
export const readSource = async (path: string, name = path): Promise<Source | undefined> => {
  const found = await stat(path).catch(() => undefined)
  if (!found) return undefined
  if (found.isDirectory()) throw new UserError(`${name} is a folder; a scenario is one YAML or JSON file`)
  if (!found.isFile()) throw new UserError(`${name} is not a file; a scenario is one YAML or JSON file`)
  if (found.size > scenarioLimit)
    throw new UserError(`${name} has ${found.size} bytes; a scenario may have ${scenarioLimit}`)
  return { name, text: await readText(path, name) }
}

const readText = async (path: string, name: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UserError(`${name} cannot be read: ${isError(error) ? error.message : error}`)
  }
}

/** The text of a scenario, or the name of a shipped one. */
type ScenarioText = Source | { readonly shipped: string }

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
