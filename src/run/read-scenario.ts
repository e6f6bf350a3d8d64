import { UserError } from '../base/errors.js'
import { type CheckedSettings, isComplete } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'
import type { Overlay } from '../overlay/overlay.js'
import type { ScenarioCatalog } from '../scenario/format/catalog.js'
import type { ParsedScenario } from '../scenario/scenario.js'
import type { Audit } from '../space/space-options.js'
import { fileToWatch } from './watch.js'

interface ReadSettings {
  readonly settings: Settings
  readonly scenario: ParsedScenario
  /** Undefined without `--overlay`. */
  readonly overlay: Overlay | undefined
}

/** The settings, and the scenario and overlays that they name. Throws one UserError with all problems. */
export const readWithScenario = async (
  { settings, problems }: CheckedSettings,
  catalog: ScenarioCatalog
): Promise<ReadSettings> => {
  const [scenario, overlay] = await Promise.all([
    readScenario(settings, catalog).catch(rethrowUnlessUserError),
    readOverlay(settings, catalog).catch(rethrowUnlessUserError)
  ])
  const wrong = [scenario, overlay].flatMap(each => (each instanceof UserError ? [each.message] : []))
  if (
    problems.length + wrong.length > 0 ||
    !scenario ||
    scenario instanceof UserError ||
    overlay instanceof UserError ||
    !isComplete(settings)
  )
    throw new UserError([...problems, ...wrong].join('\n'))
  return { settings, scenario, overlay }
}

const readOverlay = async (
  { overlay: files = [] }: Partial<Settings>,
  { products }: ScenarioCatalog
): Promise<Overlay | undefined> => {
  if (files.length === 0) return undefined
  const { readOverlays } = await import('../overlay/read-overlay.js')
  return readOverlays(files, products)
}

/** Undefined if the setting itself is invalid. */
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

/** Combines audits into one option of the app; empty without an audit. */
export const allAudits = (...audits: readonly (Audit | undefined)[]): { readonly audit?: Audit } => {
  const all = audits.filter(each => each !== undefined)
  if (all.length === 0) return {}
  return {
    audit: {
      onDiscard: space => {
        for (const audit of all) audit.onDiscard(space)
      },
      onRulesChange: space => {
        for (const audit of all) audit.onRulesChange(space)
      }
    }
  }
}
