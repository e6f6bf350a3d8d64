import type { Entry } from '../journal/entry.js'
import type { Space } from '../space/space.js'

/** All entries of these spaces, with requests in progress, in the order of arrival. */
export const entriesOf = ({ spaces }: { readonly spaces: readonly Space[] }): Entry[] => {
  const entries = spaces.flatMap(({ journal, underway }) => [...journal.entries(), ...underway.entries()])
  return spaces.length === 1
    ? entries.sort((a, b) => a.number - b.number)
    : entries.sort((a, b) => a.recordedAt - b.recordedAt || a.number - b.number)
}
