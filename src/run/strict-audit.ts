import { settings } from '../config/settings.js'
import { StrictAudit } from '../journal/verdicts.js'
import type { ScenarioCatalog } from '../scenario/format/catalog.js'

/** An audit that expects no use of the rules of the default scenario: its magic accounts are a catalogue. */
export const createStrictAudit = async (catalog: ScenarioCatalog): Promise<StrictAudit> => {
  const { scenario: offer } = await catalog.find(settings.scenario.fallback)
  return new StrictAudit(({ title }) => title === offer.title)
}
