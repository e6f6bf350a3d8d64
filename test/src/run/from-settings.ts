import t from 'tap'
import { availableMemory, defaultJournalBytes } from '../../../src/run/open-app.js'

const mebibyte = 1_048_576

t.test('the journals may use a quarter of the memory of the container, at most 256 MiB', async t => {
  const total = 16_384 * mebibyte
  // What Node returns for a limit, for none in version 1 and 2 of cgroups, and elsewhere.
  t.equal(availableMemory(256 * mebibyte, total), 256 * mebibyte)
  for (const limit of [2 ** 64, 2 ** 63, 0]) t.equal(availableMemory(limit, total), total)
  t.equal(defaultJournalBytes(256 * mebibyte), 64 * mebibyte)
  t.equal(defaultJournalBytes(1024 * mebibyte), 256 * mebibyte)
  t.equal(defaultJournalBytes(total), 256 * mebibyte)
})
