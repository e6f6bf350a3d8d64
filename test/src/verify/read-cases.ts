import t from 'tap'
import { cbrain } from '../../../routes/cbrain.js'
import { products } from '../../../routes/index.js'
import { readCases } from '../../../src/verify/cases.js'
import { casesOf } from '../../support/cases.js'

const text = `product: cbrain
tokens: { unknown: ffffffffffffffffffffffffffffffff, field: t }
headers: { X-Always: '1' }
answers:
  session: { status: 200, body: '{"t":"{token}"}' }
login: log in
logout: log out
wrong_login: log in
cases:
  - name: log in
    step: log in
    source: documented
    place: Operations
    request: POST /session
    body: login={login}
    opens: true
    expect: session
  - name: log out
    step: log out
    source: seen
    place: Operations
    request: DELETE /session
    headers: { Authorization: 'Bearer {token}' }
    ends: true
    expect: { documented: session, observed: { status: 302, headers: { X-Always: null, Location: / } } }
`

const read = (changed: string) => readCases({ name: 'cbrain.cases.yaml', text: changed }, cbrain)

const issueOf = (changed: string): string => {
  try {
    read(changed)
    return 'nothing'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

t.test('a case has its request, and a response for each fidelity with the common headers', async t => {
  const { cases, login, logout } = read(text)
  t.equal(cases.length, 2)
  t.strictSame(login.request, { method: 'POST', target: '/session', headers: {}, body: 'login={login}' })
  t.strictSame(logout.expect.documented, { status: 200, headers: { 'X-Always': '1' }, body: '{"t":"{token}"}' })
  t.strictSame(logout.expect.observed, { status: 302, headers: { Location: '/' }, body: '' })
  t.match(login, { opens: true, ends: false, source: 'documented', place: 'Operations' })
})

for (const [what, from, to, message] of [
  ['another product', 'product: cbrain', 'product: hcx', 'cbrain.cases.yaml:1:10: product: expected cbrain, found hcx'],
  [
    'an unknown placeholder',
    '{login}',
    '{lgoin}',
    'cbrain.cases.yaml:15:11: cases[0].body: there is no placeholder {lgoin}; did you mean {login}?'
  ],
  [
    'an unknown mark in an answer',
    '{"t":"{token}"}',
    '{"t":"{tokne}"}',
    'cbrain.cases.yaml:5:33: answers.session.body: there is no placeholder {tokne}; did you mean {token}?'
  ],
  [
    'an answer that is not there',
    'expect: session',
    'expect: sesion',
    'cbrain.cases.yaml:17:13: cases[0].expect: there is no answer "sesion"; did you mean "session"?'
  ],
  [
    'a login that is not there',
    'login: log in\nlogout',
    'login: login\nlogout',
    'cbrain.cases.yaml:6:8: login: there is no case "login"; did you mean "log in"?'
  ],
  [
    'two cases of one name',
    '- name: log out',
    '- name: log in',
    'cbrain.cases.yaml:18:11: cases[1].name: there are two cases "log in"'
  ],
  [
    'an unknown source',
    'source: seen',
    'source: heard',
    'cbrain.cases.yaml:20:13: cases[1].source: expected documented, seen, client or ours, found "heard"'
  ],
  ['an unknown step', 'step: log out', 'step: leave', 'cases[1].step: expected log in, use, formats'],
  ['an unknown key', 'ends: true', 'end: true', 'cases[1].end'],
  ['a request without a path', 'POST /session', 'POST session', 'expected a method and a path, such as GET /session'],
  [
    'an expression that is none',
    'headers: {',
    "patterns: { x: '(' }\nheaders: {",
    'patterns.x: expected a regular expression: '
  ],
  ['a status that is none', 'status: 302', 'status: 99', 'status']
] as const)
  t.test(`cases with ${what} are refused with the place`, async t => {
    t.ok(text.includes(from), from)
    t.match(issueOf(text.replace(from, to)), message)
  })

for (const product of products)
  t.test(`each case of ${product.title} has its heading in the page of the product`, async t => {
    const { readFile } = await import('node:fs/promises')
    const page = await readFile(new URL(`../../../routes/${product.name}.md`, import.meta.url), 'utf8')
    const headings = new Set([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading))
    for (const { name, place } of (await casesOf(product)).cases) t.ok(headings.has(place), `${name}: ${place}`)
  })
