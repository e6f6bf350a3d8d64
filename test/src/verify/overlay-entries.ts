import t from 'tap'
import { type EditedAnswer, type OverlayEdit, overlayEntries } from '../../../src/verify/save-overlay.js'

const answer = (name: string, facts: EditedAnswer['facts'], ...edits: OverlayEdit[]): EditedAnswer => ({
  name,
  facts: { method: 'GET', path: '/session', type: 'application/json', accept: '', content_type: '', ...facts },
  edits
})
const refused = { operation: 'session', outcome: 'no-session', status: 401 } as const
const denied: OverlayEdit = { headers: { 'X-Frame-Options': 'DENY' } }

t.test('an entry for all responses has no condition', async t => {
  const { entries, left } = overlayEntries([
    answer('use', { operation: 'session', outcome: 'success', status: 200 }, denied),
    answer('refused', refused, denied)
  ])
  t.strictSame(entries, [{ headers: { 'X-Frame-Options': 'DENY' } }])
  t.strictSame(left, [])
})

t.test('a status and a text are limited to their outcome, even without others', async t => {
  const { entries } = overlayEntries([answer('refused', refused, { status: 403 }, { set: { '/error': 'No' } })])
  t.strictSame(entries, [{ when: { outcome: 'no-session' }, status: 403, set: { '/error': 'No' } }])
})

t.test('an entry has only the needed conditions', async t => {
  const { entries } = overlayEntries([
    answer('alias', { ...refused, path: '/login' }, { status: 404 }),
    answer('refused', refused),
    answer('refused again', { ...refused, reason: 'logged-out' })
  ])
  t.strictSame(entries, [{ when: { outcome: 'no-session', path: '/login' }, status: 404 }])
})

t.test('responses to HEAD cause no body difference', async t => {
  const { entries } = overlayEntries([
    answer('GET', refused, { body: 'no' }),
    answer('HEAD', { ...refused, method: 'HEAD' })
  ])
  t.strictSame(entries, [{ when: { outcome: 'no-session' }, body: 'no' }])
})

t.test('indistinguishable cases are listed as not included', async t => {
  const { entries, left } = overlayEntries([answer('one', refused, { status: 403 }), answer('other', refused)])
  t.strictSame(entries, [])
  t.strictSame(left, ['one'])
})
