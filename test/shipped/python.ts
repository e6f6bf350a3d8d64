import { fileURLToPath } from 'node:url'
import t from 'tap'
import { printed } from '../support/checkout.js'
import { pythonWithPytest } from '../support/python.js'
import { shippedCommand } from '../support/shipped.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const python = await pythonWithPytest()

t.test('the client for Python passes its tests', { skip: python ? false : 'pytest is not here' }, async t => {
  const script = `SESSION_MOCK_COMMAND="${process.execPath} ${await shippedCommand()}" PYTHONDONTWRITEBYTECODE=1 exec ${python} -m pytest -q -p no:cacheprovider -p session_mock tests`
  t.match(await printed(`${root}clients/python`, 'sh', '-c', `PYTHONPATH=. ${script}`), /^\d+ passed in /m)
})
