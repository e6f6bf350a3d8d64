import { createRedactor, shortToken } from '../journal/redactor.js'
import type { SpaceSecrets } from '../state/secrets.js'
import type { SnapshotDocument } from './schema.js'

/** The document without its rows, with tokens in short and without passwords: for reading only, it cannot be restored. */
export const hideTokens = (
  { journal: _journal, ...document }: SnapshotDocument,
  secrets: SpaceSecrets
): SnapshotDocument => {
  const isToken = (word: string) => secrets.isToken(word)
  const redact = createRedactor({ tokens: [], passwords: secrets.passwords(), isToken })
  const short = <Holder extends { token: string }>(holder: Holder) => ({ ...holder, token: shortToken(holder.token) })
  const hideKeys = (counters: SnapshotDocument['counters']) =>
    counters.map(({ key, count }) => ({ key: hideWords(key, isToken), count }))
  const { scenario, random, counters, sessions, fixed } = document
  return {
    ...document,
    tokens: 'hidden',
    scenario: { ...scenario, text: redact(scenario.text) },
    // Without a seed, the root is secret itself.
    random: random.counts ? { ...random, counts: hideKeys(random.counts) } : { root: '…' },
    counters: hideKeys(counters),
    sessions: {
      ...sessions,
      products: sessions.products.map(each => ({ ...each, open: each.open.map(short), ended: each.ended.map(short) }))
    },
    fixed: fixed.map(short)
  }
}

/** Counters are named by words, of which one may be a token. */
const hideWords = (key: string, isToken: (word: string) => boolean): string =>
  key
    .split(' ')
    .map(word => (isToken(word) ? shortToken(word) : word))
    .join(' ')
