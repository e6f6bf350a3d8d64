import t from 'tap'
import { loadExpressions } from '../../../../src/base/expression.js'
import { semanticIssues, type ValidParts } from '../../../../src/scenario/format/semantic-checks.js'
import { formatPath } from '../../../../src/scenario/validation-issue.js'
import { products } from '../../../support/known-products.js'

const saidOf = (scenario: ValidParts): string[] =>
  semanticIssues(scenario, products).map(({ path, message }) => `${formatPath(path)}: ${message}`)

const onLogin = { on: 'login', then: 'evict' } as const

const senses: readonly (readonly [what: string, scenario: ValidParts, ...said: string[]])[] = [
  ['a day that no calendar has', { clock: '2026-02-30T00:00:00Z' }, 'clock: there is no time 2026-02-30T00:00:00Z'],
  ['an hour that no day has', { clock: '2026-02-28T25:00:00Z' }, 'clock: there is no time 2026-02-28T25:00:00Z'],
  ['the leap day', { clock: '2024-02-29T23:59:59.5+02:00' }],
  ['a leap day of another year', { clock: '2025-02-29T00:00:00Z' }, 'clock: there is no time 2025-02-29T00:00:00Z'],
  [
    'an account twice',
    { accounts: [{ login: 'a' }, { login: 'b' }, { login: 'a' }, { login: 'a' }] },
    'accounts[2].login: the login "a" is repeated, first at accounts[0]',
    'accounts[3].login: the login "a" is repeated, first at accounts[0]'
  ],
  ['two accounts that differ in letter case', { accounts: [{ login: 'Anna' }, { login: 'anna' }] }],
  [
    'a token twice',
    {
      sessions: [
        { product: 'videntity', login: 'demo', token: 'Ry5NvPAbceAS123' },
        { product: 'videntity', login: 'demo', token: 'Ry5NvPAbceAS123' }
      ]
    },
    'sessions[1].token: the token "Ry5NvPAbceAS123" is repeated, first at sessions[0]'
  ],
  [
    'a session of nobody',
    { accounts: [{ login: 'norm' }], sessions: [{ product: 'cbrain', login: 'nrom' }] },
    'sessions[0].login: no account has the login "nrom"; did you mean norm?'
  ],
  ['a session of demo, where no accounts are named', { sessions: [{ product: 'cbrain', login: 'demo' }] }],
  [
    'a session of somebody, where anyone may log in',
    { accounts: 'any', sessions: [{ product: 'cbrain', login: 'x' }] }
  ],
  ['a session whose account may be one that is wrong', { accounts: [undefined], sessions: [{ login: 'x' }] }],
  [
    'headers that only the body decides',
    {
      rules: [
        { ...onLogin, then: { headers: { 'Content-Length': 5, Via: 'x' } } },
        { ...onLogin, then: ['evict', { reply: { headers: { 'transfer-encoding': 'chunked' } } }] }
      ]
    },
    'rules[0].then.headers.Content-Length: Content-Length cannot be set: the server derives it from the body; for a truncated response, write connection: truncate',
    'rules[1].then[1].reply.headers.transfer-encoding: transfer-encoding cannot be set: the server derives it from the body; for a body in pieces, write dribble'
  ],
  [
    'a range of calls that ends before it starts',
    { rules: [{ ...onLogin, call: '4-2' }] },
    'rules[0].call: the range 4-2 is empty: its end comes before its start'
  ],
  ['a range of one call', { rules: [{ ...onLogin, call: '4-4' }] }],
  [
    'a time that ends before it starts',
    { rules: [{ ...onLogin, from: '40s', until: '10s' }] },
    'rules[0].until: the time from 40s until 10s is empty'
  ],
  [
    'a time of no length',
    { rules: [{ ...onLogin, until: '0s' }] },
    'rules[0].until: the time from 0s until 0s is empty'
  ],
  [
    'a range of delays, the wrong way round, in a list',
    { rules: [{ on: 'login', then: ['evict', { delay: { uniform: ['2s', '1s'] } }] }] },
    'rules[0].then[1].delay.uniform: the range of delays from 2s to 1s is empty'
  ],
  [
    'waits that are longer than a timer',
    {
      rules: [
        { on: 'login', then: { delay: '25d' } },
        { on: 'login', then: { dribble: { chunks: 2, over: '600h' } } },
        { on: 'login', then: { delay: { lognormal: { median: '24d', sigma: 1, max: '25d' } } } }
      ]
    },
    'rules[0].then.delay: expected a wait of at most 24d, found "25d"',
    'rules[1].then.dribble.over: expected a wait of at most 24d, found "600h"',
    'rules[2].then.delay.lognormal.max: expected a wait of at most 24d, found "25d"'
  ],
  [
    'regular expressions that cannot be read',
    { rules: [{ ...onLogin, when: { login: '/(/', header: { 'User-Agent': '/[/', Accept: true }, body: '/a/' } }] },
    'rules[0].when.login: expected a text or a /regular expression/, found "/(/": missing closing ): `(`',
    'rules[0].when.header.User-Agent: expected a text or a /regular expression/, found "/[/": missing closing ]: `[`'
  ],
  [
    'a regular expression that has no bound in time, or a flag that makes no sense,',
    {
      rules: [{ ...onLogin, when: { login: '/(?=d)demo/', header: { 'X-V': '/abc/g' }, query: { a: '/session/x' } } }]
    },
    'rules[0].when.login: expected a text or a /regular expression/, found "/(?=d)demo/": look-aheads are not supported, since their time is unlimited: (?= at character 2',
    'rules[0].when.header.X-V: expected a text or a /regular expression/, found "/abc/g": the flag g is not supported, only i, m, s and u; if the text itself is meant, write /^\\/abc\\/g$/'
  ]
]

await loadExpressions()

for (const [what, scenario, ...said] of senses)
  t.test(`${what} is ${said.length === 0 ? 'valid' : 'an error'}`, async t => {
    t.strictSame(saidOf(scenario), said)
  })

t.test('an invalid token of a product is reported with a valid one', async t => {
  for (const { name, title, sessions } of products) {
    const [said = '', ...others] = saidOf({ sessions: [{ product: name, login: 'demo', token: 'not a token' }] })
    t.strictSame(others, [])
    const [, fitting = ''] =
      /^sessions\[0\]\.token: expected a token of .* such as (\S+), found "not a token"$/.exec(said) ?? []
    t.ok(said.includes(title))
    t.strictSame(saidOf({ sessions: [{ product: name, login: 'demo', token: fitting }] }), [])
    t.match(fitting, sessions.token)
  }
})

t.test('a token of one product is invalid for another', async t => {
  const token = '00112233445566778899aabbccddeeff'
  t.strictSame(saidOf({ sessions: [{ product: 'cbrain', login: 'demo', token }] }), [])
  t.match(saidOf({ sessions: [{ product: 'hcx', login: 'demo', token }] }), [/expected a token of HCX/])
})
