import t from 'tap'
import { run, serving } from '../../support/command.js'

const refused = 'products: { cbrain: { answers: [{ when: { outcome: no-session }, status: 403 }] } }\n'

t.test('a server applies the overlays of its settings', async t => {
  const folder = t.testdir({
    'cbrain.yaml': refused,
    'hcx.yaml': 'products: { hcx: { answers: [{ status: 418 }] } }\n'
  })
  const { url } = await serving(t, '--overlay', `${folder}/cbrain.yaml,${folder}/hcx.yaml`)
  t.equal((await fetch(`${url}/session`, { headers: { accept: 'application/json' } })).status, 403)
  t.equal((await fetch(`${url}/api/admin/v1/sessions`)).status, 418)
})

t.test('all errors of settings, scenario and overlay are reported together', async t => {
  const folder = t.testdir({ 'o.yaml': 'products: { cbrain: { answers: [{ status: 20 }] } }\n' })
  const { code, err } = await run(['--port', 'x', '--overlay', `${folder}/o.yaml`])
  t.equal(code, 2)
  t.match(err, '--port "x": expected')
  t.match(err, `${folder}/o.yaml:1:43: products.cbrain.answers[0].status: expected`)
})

t.test('a missing overlay is refused', async t => {
  const { code, err } = await run(['--overlay', '/none.yaml'])
  t.strictSame([code, err], [2, 'session-mock: --overlay "/none.yaml": there is no such file\n'])
})
