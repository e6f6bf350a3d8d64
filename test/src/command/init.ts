import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { run } from '../../support/command.js'

t.test('a scenario to begin with is written, with its schema beside it', async t => {
  const folder = t.testdir({})
  const file = `${folder}/new/scenario.yaml`
  const schema = `${folder}/new/session-mock.schema.json`
  t.same(await run(['init', file]), { code: 0, out: `${file}\n${schema}\n`, err: '' })
  const [first = ''] = readFileSync(file, 'utf8').split('\n')
  t.equal(first, '# yaml-language-server: $schema=./session-mock.schema.json')
  t.equal(readFileSync(schema, 'utf8'), (await run(['schema'])).out)
  t.same(await run(['validate', file]), { code: 0, out: `${file}: ok\n`, err: '' })
})

t.test('every example in it is right once its # is taken away', async t => {
  const file = `${t.testdir({})}/scenario.yml`
  await run(['init', file])
  const text = readFileSync(file, 'utf8').replace(/^#(?! )|^#(?= {2}(?:-|\w+:) | {4}password)/gm, '')
  t.match(text, /^rules:\n {2}- \{ name: the first login fails/m)
  writeFileSync(file, text)
  t.same(await run(['validate', file]), { code: 0, out: `${file}: ok\n`, err: '' })
})

t.test('nothing is overwritten, but for a schema of another version', async t => {
  const old = '{ "title": "a session-mock scenario" }'
  const folder = t.testdir({
    'scenario.yaml': 'mine',
    'session-mock.schema.json': old,
    other: { 'session-mock.schema.json': '{}' }
  })
  const there = `session-mock: ${folder}/scenario.yaml is there already, and is not overwritten\n`
  t.same(await run(['init', `${folder}/scenario.yaml`]), { code: 2, out: '', err: there })
  t.equal(readFileSync(`${folder}/scenario.yaml`, 'utf8'), 'mine')
  t.equal(readFileSync(`${folder}/session-mock.schema.json`, 'utf8'), old)
  t.equal((await run(['init', `${folder}/second.yaml`])).code, 0)
  t.equal(readFileSync(`${folder}/session-mock.schema.json`, 'utf8'), (await run(['schema'])).out)
  const { code, err } = await run(['init', `${folder}/other/scenario.yaml`])
  t.equal(code, 2)
  t.match(err, /session-mock\.schema\.json is there already, is no schema of session-mock, and is not overwritten\n$/)
  t.notOk(existsSync(`${folder}/other/scenario.yaml`))
})

t.test('what cannot be written is said in a line', async t => {
  const folder = t.testdir({ file: '' })
  for (const file of [`${folder}/file/scenario.yaml`, `${folder}/scenario.json`]) {
    const { code, err } = await run(['init', file])
    t.equal(code, 2)
    t.match(err, /^session-mock: .*(?:cannot be written: .*|expected a name that ends in \.yaml)\n$/)
  }
})
