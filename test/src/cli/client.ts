import { readFile } from 'node:fs/promises'
import t from 'tap'
import { run } from '../../support/command.js'

t.test('the client for Python is printed unchanged', async t => {
  const { code, out } = await run(['client', 'python'])
  t.equal(code, 0)
  t.equal(out, await readFile(new URL('../../../clients/python/session_mock.py', import.meta.url), 'utf8'))
})

t.test('an unknown language is refused with the known ones', async t => {
  t.match(await run(['client', 'pyhton']), {
    code: 2,
    err: 'session-mock: there is no client for "pyhton"; did you mean python?\n'
  })
  t.match(await run(['client', 'ruby']), {
    code: 2,
    err: 'session-mock: there is no client for "ruby"; expected python\n'
  })
})
