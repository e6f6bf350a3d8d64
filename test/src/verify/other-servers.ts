import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { Overlay } from '../../../src/overlay/overlay.js'
import { run } from '../../support/command.js'
import { chosen } from '../../support/scale.js'
import { type Changeable, changed, type RealOptions, realServer, verifyReal } from '../../support/verify.js'

const isJson = ({ body }: Changeable): boolean => body.startsWith('{')

/** Adds keys to each JSON object that is a body. */
const withKeys = (answer: Changeable, keys: object): void => {
  if (isJson(answer)) answer.body = JSON.stringify({ ...JSON.parse(answer.body), ...keys })
}

/** The findings of a run with a changed server, and of a second one with the overlay that the first saved. */
const saved = async (t: Test, product: string, change: Parameters<typeof changed>[2], options: RealOptions = {}) => {
  const folder = t.testdir({})
  const { url, app } = await realServer(t, product, options)
  const server = await changed(t, url, change)
  const outside = { env: { REAL_PASSWORD: options.scenario ? 'Tangerine-77' : 'demo' } }
  const flags = ['--report', `${folder}/report`, '--save', `${folder}/o.yaml`, '--record', `${folder}/r.json`]
  const first = await verifyReal(product, server.url, flags, outside)
  const logins = app.spaces.default.journal.entries().filter(({ operation }) => operation === 'login').length
  const again = await verifyReal(product, server.url, ['--overlay', `${folder}/o.yaml`], outside)
  const offline = () => run(['verify-real', product, '--against', `${folder}/r.json`])
  const overlay = readFileSync(`${folder}/o.yaml`, 'utf8')
  const report = readdirSync(`${folder}/report`).map(name => readFileSync(`${folder}/report/${name}`, 'utf8'))
  const shown = [
    first.out,
    first.err,
    overlay,
    ...report,
    readFileSync(`${folder}/r.json`, 'utf8'),
    again.out,
    again.err
  ]
  return { first, logins, again, offline, overlay, shown }
}

/** The lines of the differences in a text report. */
const differencesIn = (out: string): string[] =>
  (/Differences of the server from the mock:\n([\s\S]*?)\n\n/.exec(out)?.[1] ?? '')
    .split('\n')
    .filter((_, at) => at % 2 === 0)

const nothing = () => undefined

t.test('another layout of JSON and XML is no difference', async t => {
  const { url } = await realServer(t, 'cbrain')
  const server = await changed(t, url, answer => {
    if (isJson(answer))
      answer.body = `${JSON.stringify(JSON.parse(answer.body), undefined, 2).replaceAll('":', '" :')}\n`
    answer.body = answer.body
      .replace(/<cbrain_api_token>(.*?)</, '<cbrain_api_token a="1"><![CDATA[$1]]><')
      .replace(' a="1"', '')
      .replace('<user_id', '<!-- the account -->\n\n<user_id')
  })
  const { code, out } = await verifyReal('cbrain', server.url)
  t.match(out, ' 0 differ,')
  t.equal(code, 0)
})

t.test('the token of XML is found with attributes in any order, and a prefix', async t => {
  const { url } = await realServer(t, 'videntity')
  const server = await changed(t, url, answer => {
    answer.body = answer.body.replace(/<session_key>(.*?)</, '<session_key><![CDATA[$1]]><').replaceAll('    ', '\t')
  })
  t.match(await verifyReal('videntity', server.url), { code: 0 })
})

t.test('a difference in each body costs no further login', async t => {
  const { url, app } = await realServer(t, 'cbrain')
  const loginsOf = () => app.spaces.default.journal.entries().filter(({ operation }) => operation === 'login').length
  await verifyReal('cbrain', url)
  const usual = loginsOf()
  const server = await changed(t, url, answer => withKeys(answer, { api: 2 }))
  const { code, out } = await verifyReal('cbrain', server.url)
  t.equal(code, 5)
  t.strictSame(differencesIn(out), ['  key, body api: 2 in addition'])
  t.match(out, /\n {4}\d+ cases: log in with a form; use a token in Authorization Bearer; .*; …\n/)
  const logins = loginsOf() - usual
  t.ok(logins <= usual + 3, `${logins} logins, ${usual} without the difference`)
})

t.test('a logout with 204 ends the session', async t => {
  const { first, again } = await saved(t, 'hcx', (answer, { method }) => {
    if (method !== 'DELETE' || answer.status !== 200) return
    answer.status = 204
    answer.body = ''
  })
  t.match(first.out, /\d+ sessions were opened and ended\.\n/)
  t.notMatch(first.out, 'there is no {dead token} to send')
  t.match(again.out, ' 0 differ,')
})

t.test('a session that ends too early is opened again, and the case is sent once more', async t => {
  const { url, app } = await realServer(t, 'hcx')
  let uses = 0
  const server = await changed(t, url, (_answer, { method }) => {
    uses += method === 'GET' ? 1 : 0
    if (uses === 3) app.spaces.default.clock.advance(86_400_000)
  })
  t.match((await verifyReal('hcx', server.url)).out, ' 0 differ,')
})

t.test('what changes in each response is one difference, and none after --save', async t => {
  let count = 0
  const { first, again, overlay } = await saved(t, 'hcx', answer => {
    count += 1
    const opaque = Buffer.from(`n${count}`.padEnd(24, String(count))).toString('base64url')
    Object.assign(answer.headers, {
      'Set-Cookie': `visit=${opaque}; Path=/; HttpOnly`,
      'X-Served-At': `2026-01-01T00:00:${10 + (count % 40)}.000Z`,
      'X-Trace': opaque
    })
    withKeys(answer, { meta: { id: opaque, count, at: 1_767_225_600 + count } })
  })
  t.strictSame(differencesIn(first.out).sort(), [
    '  header, header Set-Cookie: visit=***; Path=/; HttpOnly in addition',
    '  header, header X-Served-At: {time} in addition',
    '  header, header X-Trace: {changing} in addition',
    '  key, body meta: {"id":"{changing}","count":"{changing}","at":"{unix seconds}"} in addition'
  ])
  t.match(again.out, ' 0 differ,')
  t.equal(again.code, 0)
  t.equal(overlay.match(/Set-Cookie/g)?.length, 1)
})

t.test('tokens of another alphabet are one difference, and none after --save', async t => {
  const shape = '[0-9a-zA-Z_-]{36}\\.[0-9a-zA-Z_-]{30}\\.[0-9a-zA-Z_-]{43}'
  const { first, again } = await saved(t, 'cbrain', nothing, { overlay: new Overlay([['cbrain', { token: shape }]]) })
  t.strictSame(differencesIn(first.out), [`  token shape, token: ${shape} instead of [0-9a-f]{32}`])
  t.match(again.out, ' 0 differ,')
})

t.test('nested, repeated and mixed XML is saved, and compares as equal', async t => {
  const { first, again, overlay } = await saved(t, 'videntity', answer => {
    answer.body = answer.body
      .replace(/<status>(.*?)<\/status>/, '<status code="1" z="&quot;">$1</status>')
      .replace(
        '</response>',
        '<list><item id="1">a &amp; b</item><item/><item><deep>x</deep> y</item></list><empty/></response>'
      )
  })
  t.equal(first.code, 5)
  t.notMatch(overlay, 'object Object')
  t.match(again.out, ' 0 differ,')
})

t.test('each kind of JSON value is saved, and compares as equal', async t => {
  const { first, again } = await saved(t, 'hcx', answer =>
    withKeys(answer, {
      no: null,
      yes: true,
      list: [1, [2, { a: 'b' }], []],
      'a/b~c': { '': 0 },
      nothing: {},
      number: -1.5e3
    })
  )
  t.equal(first.code, 5)
  t.match(again.out, ' 0 differ,')
})

t.test('a root of another kind, other text and HTML are saved as whole bodies', async t => {
  const bodies: Readonly<Record<number, string>> = {
    400: '[1,2]',
    401: '<other><a>1</a></other>',
    404: 'plain text',
    405: '<!DOCTYPE html><p>Denied</p>'
  }
  const { again } = await saved(t, 'hcx', answer => {
    answer.body = bodies[answer.status] ?? answer.body
  })
  t.match(again.out, ' 0 differ,')
})

t.test('a time in seconds instead of milliseconds is named', async t => {
  const { first, again } = await saved(t, 'hcx', answer => {
    answer.body = answer.body.replace(/"time":(\d{10})\d{3}/, '"time":$1')
  })
  t.strictSame(differencesIn(first.out), ['  text, body time: {unix seconds} instead of {unix milliseconds}'])
  t.match(again.out, ' 0 differ,')
})

t.test('a password that is the login too stays in texts, and a record compares as the live run', async t => {
  const { first, offline, shown } = await saved(t, 'hcx', answer =>
    withKeys(answer, { password: 'demo', hint: 'demo' })
  )
  t.equal((await offline()).out, first.out)
  t.match(first.out, 'key, body hint: "demo" in addition')
  t.match(first.out, 'key, body password: "***" in addition')
  t.ok(shown.every(text => !/password"?: "?demo/.test(text)))
})

const account = { login: 'demo', password: 'Tangerine-77' }

for (const product of chosen(['netbrain', 'hcx', 'videntity'], product => product === 'videntity'))
  t.test(`no output of a run with ${product} has a secret of the server`, async t => {
    let count = 0
    const secrets = new Set<string>(['Tangerine-77', 'tangerine-77', Buffer.from('Tangerine-77').toString('base64')])
    const fresh = (name: string): string => {
      const secret = `${name}-${'x'.repeat(5)}${1e9 + ++count}`
      secrets.add(secret)
      return secret
    }
    const { first, again, shown } = await saved(
      t,
      product,
      (answer, request) => {
        const csrf = fresh('csrf')
        Object.assign(answer.headers, {
          'Set-Cookie': `JSESSIONID=${fresh('cookie')}; Path=/; Secure`,
          'X-CSRF-Token': csrf,
          'X-Copy': `again ${csrf}`,
          Location: `/next?access_token=${fresh('access')}`,
          'X-Echo': 'TANGERINE-77',
          'X-Basic': Buffer.from('demo:Tangerine-77').toString('base64')
        })
        withKeys(answer, {
          auth: { refresh_token: fresh('refresh'), sid: fresh('sid') },
          echo: 'you sent Tangerine-77',
          ...(answer.status === 401 &&
            request.method === 'POST' && { token: fresh('refused'), session_token: fresh('st') })
        })
        answer.body = answer.body.replace('</response>', `<refresh_token>${fresh('xml')}</refresh_token></response>`)
      },
      { scenario: { accounts: [account] } }
    )
    t.ok(secrets.size > 20)
    t.equal(first.code, 5)
    const found = [...secrets].filter(secret => shown.some(text => text.toLowerCase().includes(secret.toLowerCase())))
    t.strictSame(found, [])
    t.match(again.out, ' 0 differ,')
  })

t.test('the reason of an early end has no secret', async t => {
  const { url } = await realServer(t, 'cbrain', { scenario: { accounts: [account] } })
  const server = await changed(t, url, answer => {
    answer.status = 418
    answer.headers['content-type'] = 'text/plain'
    answer.body = 'not Tangerine-77, password=Other-1234567'
  })
  const { code, out, err } = await verifyReal('cbrain', server.url, [], { env: { REAL_PASSWORD: 'Tangerine-77' } })
  t.equal(code, 1)
  t.notMatch(out + err, /Tangerine|Other/)
})
