import type { Slices } from '../base/in-slices.js'
import { Problem } from '../http/problem.js'
import { sourceOf } from '../scenario/format/source.js'
import type { ScenarioLookup } from '../scenario/scenario.js'
import type { Space } from '../space/space.js'
import type { SystemClock } from '../state/clock.js'

/** The snapshot of a space as a document with whole tokens. Throws a Problem for a scenario without a text. */
export const snapshotOf = async (
  space: Space,
  rows: boolean,
  {
    catalog,
    slices,
    systemClock
  }: { readonly catalog: ScenarioLookup; readonly slices: Slices; readonly systemClock: SystemClock }
): Promise<object> => {
  const savedAt = systemClock.now()
  const state = await space.snapshot(slices, { rows })
  const source = await sourceOf(state.scenario, catalog)
  if (!source) throw new Problem(404, 'There is no text', 'The scenario of this space has no source text.')
  const { snapshotDocument } = await import('../snapshot/document.js')
  return snapshotDocument(state, { space: space.name, savedAt, source })
}
