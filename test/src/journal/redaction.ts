import fc from 'fast-check'
import t from 'tap'
import { type Entry, ordinaryNotes } from '../../../src/journal/entry.js'
import { Redaction } from '../../../src/journal/redactor.js'
import { renderEntry } from '../../../src/journal/rendering.js'
import { KnownValues, type SpaceSecrets } from '../../../src/session/accounts.js'

const words = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb', 'hunter22', 'plain']

const secretsOf = (tokens: readonly string[], passwords: readonly string[]): SpaceSecrets => ({
  isToken: word => tokens.includes(word),
  known: () => [passwords.reduce((known, password) => known.addPassword(password), new KnownValues())],
  remember: () => undefined
})

/** Two spaces, in which other words are secret. */
const spaces = [secretsOf(['aaaaaaaaaaaaaaaa'], []), secretsOf([], ['hunter22']), undefined]

const anyEntry: fc.Arbitrary<Entry> = fc
  .record({
    word: fc.constantFrom(...words),
    token: fc.option(fc.constantFrom(...words), { nil: undefined }),
    sent: fc.constantFrom('', ...words),
    secrets: fc.constantFrom(...spaces),
    isEncoded: fc.boolean()
  })
  .map(({ word, token, sent, secrets, isEncoded }) => ({
    ...ordinaryNotes,
    number: 1,
    at: 0,
    recordedAt: 0,
    space: 'default',
    product: 'shop',
    operation: 'login',
    login: 'demo',
    token,
    session: undefined,
    method: 'POST',
    url: isEncoded ? `/x?a=%22${word}%22` : `/x?a=${word}`,
    httpVersion: '1.1',
    headers: ['X-Note', word, 'Authorization', `Basic ${Buffer.from(`demo:${sent}`).toString('base64')}`],
    body: `password=${sent}&note=${word}`,
    answer: { status: 200, headers: { 'X-Answer': `about ${word}` }, body: `{"note":"${word}","sent":"${sent}"}` },
    took: 1,
    secrets
  }))

t.test('entries that are redacted together are redacted as each would be alone', async () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 12 }), entries => {
      const redaction = new Redaction()
      return entries.every(
        entry => JSON.stringify(renderEntry(entry, false, redaction)) === JSON.stringify(renderEntry(entry, false))
      )
    }),
    { numRuns: 300 }
  )
})
