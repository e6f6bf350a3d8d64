import { settings } from '../config/settings.js'
import { StrictAudit } from '../journal/audit.js'
import type { ScenarioCatalog } from '../scenario/format/catalog.js'

/** An audit for which the scenario that runs where none is named is a mere offer: its magic accounts are there to be picked from. */
export const createStrictAudit = async (catalog: ScenarioCatalog): Promise<StrictAudit> => {
  const { scenario: offer } = await catalog.find(settings.scenario.fallback)
  return new StrictAudit(({ title }) => title === offer.title)
}
