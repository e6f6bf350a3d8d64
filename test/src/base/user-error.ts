import t from 'tap'
import { choice, nearest } from '../../../src/base/errors.js'

t.test('a typing error has a suggestion', async t => {
  t.equal(nearest('prot', ['host', 'port', 'log']), 'port')
  t.equal(nearest('OBSERVED', ['documented', 'observed']), 'observed')
})

t.test('an unrelated word has no suggestion', async t => {
  t.equal(nearest('xyzzy', ['host', 'port', 'log']), undefined)
  t.equal(nearest('abc', ['xyz']), undefined)
  t.equal(nearest('tag', ['log'], 1), undefined)
  t.equal(nearest('x', []), undefined)
})

t.test('choices are formatted as an English list', async t => {
  t.equal(choice(['a']), 'a')
  t.equal(choice(['a', 'b']), 'a or b')
  t.equal(choice(['a', 'b', 'c']), 'a, b or c')
  t.equal(choice(['a', 'b', 'c'], 'and'), 'a, b and c')
})
