import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { run } from '../../support/command.js'

t.test('init writes a starter scenario and its schema', async t => {
  const folder = t.testdir({})
  const file = `${folder}/new/scenario.yaml`
  const schema = `${folder}/new/session-mock.schema.json`
  t.same(await run(['init', file]), {
    code: 0,
    out: `${file}: written\n${schema}: written\nNext: session-mock validate ${file}\n`,
    err: ''
  })
  const [first = ''] = readFileSync(file, 'utf8').split('\n')
  t.equal(first, '# yaml-language-server: $schema=./session-mock.schema.json')
  t.equal(readFileSync(schema, 'utf8'), (await run(['schema'])).out)
  t.same(await run(['validate', file]), { code: 0, out: `${file}: ok\n`, err: '' })
})

t.test('every example in it is valid without its #', async t => {
  const file = `${t.testdir({})}/scenario.yml`
  await run(['init', file])
  const text = readFileSync(file, 'utf8').replace(/^#(?! )|^#(?= {2}(?:-|\w+:) | {4}password)/gm, '')
  t.match(text, /^rules:\n {2}- \{ name: the first login fails/m)
  writeFileSync(file, text)
  t.same(await run(['validate', file]), { code: 0, out: `${file}: ok\n`, err: '' })
})

t.test('init overwrites only a schema of another version', async t => {
  const old = '{ "title": "a session-mock scenario" }'
  const folder = t.testdir({
    'scenario.yaml': 'mine',
    'session-mock.schema.json': old,
    other: { 'session-mock.schema.json': '{}' }
  })
  const [mine, schema] = [`${folder}/scenario.yaml`, `${folder}/session-mock.schema.json`]
  const line = `For help in an editor, the first line of ${mine} should be: # yaml-language-server: $schema=./session-mock.schema.json`
  const next = `Next: session-mock validate ${mine}`
  for (const state of ['renewed', 'already exists, up to date'])
    t.same(await run(['init', mine]), {
      code: 0,
      out: `${mine}: already exists, unchanged\n${schema}: ${state}\n${line}\n${next}\n`,
      err: ''
    })
  t.equal(readFileSync(mine, 'utf8'), 'mine')
  t.equal((await run(['init', `${folder}/second.yaml`])).code, 0)
  t.equal(readFileSync(`${folder}/session-mock.schema.json`, 'utf8'), (await run(['schema'])).out)
  const { code, err } = await run(['init', `${folder}/other/scenario.yaml`])
  t.equal(code, 2)
  t.match(err, /session-mock\.schema\.json already exists, is not a schema of session-mock, and is not overwritten\n$/)
  t.notOk(existsSync(`${folder}/other/scenario.yaml`))
})

t.test('the first scenario of the page is valid after init has written its schema', async t => {
  const page = readFileSync(new URL('../../../scenarios/README.md', import.meta.url), 'utf8')
  const [, text = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
  const folder = t.testdir({ 'mine.yaml': text })
  const [, schema] = /\$schema=\.\/(\S+)/.exec(text) ?? []
  const { out } = await run(['init', `${folder}/mine.yaml`])
  t.notMatch(out, 'For help in an editor')
  t.ok(existsSync(`${folder}/${schema}`))
  t.equal((await run(['validate', `${folder}/mine.yaml`])).code, 0)
})

t.test('a starter scenario in JSON is written likewise', async t => {
  const file = `${t.testdir({})}/scenario.json`
  t.equal((await run(['init', file])).code, 0)
  t.same(await run(['validate', file]), { code: 0, out: `${file}: ok\n`, err: '' })
  t.equal(JSON.parse(readFileSync(file, 'utf8')).$schema, './session-mock.schema.json')
})

t.test('an unwritable file is reported in one line', async t => {
  const folder = t.testdir({ file: '', 'folder.yaml': {} })
  for (const file of [`${folder}/file/scenario.yaml`, `${folder}/scenario.toml`, folder, `${folder}/folder.yaml`]) {
    const { code, err } = await run(['init', file])
    t.equal(code, 2)
    t.match(
      err,
      /^session-mock: .*(?:cannot be written: .*|expected a name that ends in \.yaml or \.json|already exists, and is not a file)\n$/
    )
  }
})
