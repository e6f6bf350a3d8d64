import t from 'tap'
import { loadExpressions } from '../../../../src/base/expression.js'
import { createParse } from '../../../../src/scenario/format/parse.js'
import { formatIssue } from '../../../../src/scenario/validation-issue.js'
import { products } from '../../../support/known-products.js'

await loadExpressions()
const parse = createParse(products)
const saidOf = (text: string): string[] => parse({ name: 's.yaml', text }).warnings.map(formatIssue)

const never = 'this rule never applies:'

/** Rules of one line each; the first stands on line 2. */
const doubts: readonly (readonly [what: string, rules: readonly string[], ...said: string[]])[] = [
  ['chance 0', ['{ on: login, chance: 0, then: evict }'], `2:5: rules[0]: ${never} its chance is 0`],
  [
    'a rule behind one that decides everything',
    ['{ on: "*", then: { fail: unavailable } }', '{ on: cbrain.login, call: 3, then: { delay: 2s } }'],
    `3:5: rules[1]: ${never} rules[0] decides the response to all of its calls`
  ],
  [
    'a rule behind one with fewer conditions',
    [
      '{ on: [login, ping], when: { login: norm }, then: { connection: reset } }',
      '{ on: login, when: { header: { Accept: true }, login: norm }, then: evict }'
    ],
    `3:5: rules[1]: ${never} rules[0] decides the response to all of its calls`
  ],
  [
    'a rule behind one with other conditions',
    ['{ on: login, when: { login: a }, then: { fail: forbidden } }', '{ on: login, when: { login: b }, then: evict }']
  ],
  [
    'a rule behind one with more conditions',
    ['{ on: login, when: { login: a }, then: { fail: forbidden } }', '{ on: login, then: evict }']
  ],
  [
    'a rule behind one about other operations',
    ['{ on: hcx, then: { fail: forbidden } }', '{ on: login, then: evict }']
  ],
  [
    'a rule behind one that decides at times',
    ['{ on: login, every: 2, then: { fail: forbidden } }', '{ on: login, then: evict }']
  ],
  ['a rule behind one that decides nothing', ['{ on: login, then: { delay: 2s } }', '{ on: login, then: evict }']],
  [
    'a rule behind one that counts by login',
    ['{ on: "*", per: login, then: { fail: forbidden } }', '{ on: "*", then: { delay: 1s } }']
  ],
  ['a rule before one that decides', ['{ on: login, then: evict }', '{ on: login, then: { fail: forbidden } }']],
  [
    'a count that the step passes over',
    ['{ on: login, every: 10, call: 3-5, then: evict }', '{ on: login, every: 10, call: 5-10, then: evict }'],
    `2:5: rules[0]: ${never} no multiple of 10 is among the calls 3-5`
  ],
  [
    'a state that nothing moves to',
    ['{ on: login, when: { state: Lockd }, then: evict }', '{ on: login, then: { state: Locked } }'],
    `2:5: rules[0]: ${never} no rule changes the state to "Lockd"; did you mean Locked?`
  ],
  [
    'a state that no rule speaks of',
    ['{ on: login, when: { state: Elsewhere }, then: evict }'],
    `2:5: rules[0]: ${never} no rule changes the state to "Elsewhere"; it starts as Started`
  ],
  [
    'the states that there are',
    [
      '{ on: login, when: { state: Started }, then: [evict, { state: A }] }',
      '{ on: login, when: { state: A }, then: evict }'
    ]
  ],
  [
    'logins counted by session',
    ['{ on: [cbrain.login, hcx.login], per: session, then: evict }'],
    `2:5: rules[0]: ${never} a login has no session yet, and is not counted`
  ],
  [
    'a login whose session ends',
    [
      '{ on: login, then: expire }',
      '{ on: login, then: [{ delay: 1s }, revoke] }',
      '{ on: login, then: { expire: 5m } }'
    ],
    '2:5: rules[0]: expire has no effect here: a login has no session; for all sessions of its account, write expire: account',
    '3:5: rules[1]: revoke has no effect here: a login has no session; for all sessions of its account, write revoke: account',
    '4:5: rules[2]: expire has no effect here: a login has no session; for all sessions of its account, write expire: account'
  ],
  [
    'a login that ends the sessions of its account',
    ['{ on: login, then: { expire: account } }', '{ on: login, then: { revoke: { of: account, after: 5m } } }']
  ],
  [
    'an age where there is no session',
    ['{ on: hcx, when: { session: none, age: ">1m" }, then: { delay: 1s } }'],
    `2:5: rules[0]: ${never} without a session there is no age`
  ],
  [
    'a rule that lasts and may play once',
    ['{ on: hcx, for: 10m, times: 1, then: { delay: 1s } }', '{ on: hcx, for: 10m, times: 2, then: { delay: 1s } }'],
    '2:5: rules[0]: for has no effect here: with times: 1 the rule applies to one call only'
  ],
  [
    'a rule that lasts for no time',
    ['{ on: hcx, for: 0s, then: { delay: 1s } }'],
    '2:5: rules[0]: for: 0s ends immediately: the rule applies to one call only'
  ],
  [
    'a state for no time',
    ['{ on: login, then: [{ state: { to: A, for: 0s } }, { state: { to: B, for: 1s } }] }'],
    '2:5: rules[0]: the state A ends immediately: its duration is 0s'
  ],
  [
    'the number of a session where there is none',
    [
      '{ on: login, when: { opened: 1 }, then: { delay: 1s } }',
      '{ on: hcx, when: { session: none, opened: 1 }, then: { delay: 1s } }',
      '{ on: hcx, when: { opened: 1 }, then: { delay: 1s } }'
    ],
    `2:5: rules[0]: ${never} opened counts sessions, and a login has none yet; for the number of a login, write call with per: login`,
    `3:5: rules[1]: ${never} without a session there is no opened`
  ],
  [
    'a state that lasts, and one that is like it',
    [
      '{ on: login, then: { state: { to: Locked, for: 10m } } }',
      '{ on: login, when: { state: Locked }, then: evict }',
      '{ on: login, when: { state: Loked }, then: evict }'
    ],
    `4:5: rules[2]: ${never} no rule changes the state to "Loked"; did you mean Locked?`
  ],
  [
    'an eviction at a logout',
    ['{ on: logout, then: evict }', '{ on: "*", then: evict }'],
    '2:5: rules[0]: evict has no effect here: only a login ends other sessions'
  ],
  [
    'two answers at once',
    [
      '{ on: login, then: { fail: forbidden, reply: { status: 204 } } }',
      '{ on: ping, then: [pretend, { fail: forbidden }] }'
    ],
    '2:5: rules[0]: fail and reply cannot both decide the response',
    '3:5: rules[1]: fail and pretend cannot both decide the response'
  ],
  [
    'an answer that is lost on its way',
    [
      '{ on: login, then: { pretend: true, connection: reset } }',
      '{ on: ping, then: { fail: forbidden, connection: truncate } }'
    ]
  ]
]

for (const [what, rules, ...said] of doubts)
  t.test(`${what}: ${said.length === 0 ? 'no warning' : 'a warning'}`, async t => {
    const text = `rules:\n${rules.map(rule => `  - ${rule}\n`).join('')}`
    t.strictSame(
      saidOf(text),
      said.map(line => `s.yaml:${line}`)
    )
  })

t.test('logins that differ in letter case only are one for CBRAIN, and a warning', async t => {
  const text = 'accounts:\n  - { login: Anna, password: x }\n  - { login: anna, password: x }'
  t.strictSame(saidOf(text), [
    's.yaml:3:14: accounts[1].login: "anna" and accounts[0] differ in letter case only: for CBRAIN they are the same account, and this one is used'
  ])
})

t.test('a rule for a login close to a listed account is a warning', async t => {
  const rules = (...logins: string[]) =>
    `rules:\n${logins.map(login => `  - { on: login, when: { login: ${login} }, then: evict }\n`).join('')}`
  const accounts = 'accounts: [{ login: norm, password: x }, { login: anna, password: x }]\n'
  t.strictSame(saidOf(`${accounts}${rules('nrom', 'norm', '/nrom/', 'somebody-else', 'Anna')}`), [
    's.yaml:3:33: rules[0].when.login: no account has the login "nrom"; did you mean norm?',
    's.yaml:7:33: rules[4].when.login: no account has the login "Anna"; did you mean anna?'
  ])
  t.strictSame(saidOf(`accounts: any\n${rules('nrom')}`), [])
  t.strictSame(saidOf(rules('dmeo')), [
    's.yaml:2:33: rules[0].when.login: no account has the login "dmeo"; did you mean demo?'
  ])
})

t.test('account data that belongs to two accounts, or lacks its other half, is a warning', async t => {
  const text = `accounts:
  - { login: a, password: x, netbrain: { client_id: one, client_secret: x, user_token: t } }
  - { login: b, password: x, netbrain: { client_id: one, client_secret: y } }
  - { login: c, password: x, netbrain: { client_id: two, user_token: t } }
  - { login: d, password: x, cbrain: { user_id: 4 } }
`
  t.strictSame(saidOf(text), [
    's.yaml:3:53: accounts[1].netbrain.client_id: accounts[0] has the same client_id, which can belong to one account of NetBrain only',
    's.yaml:4:53: accounts[2].netbrain.client_id: without client_secret, NetBrain refuses this client_id',
    's.yaml:4:70: accounts[2].netbrain.user_token: accounts[0] has the same user_token, which can belong to one account of NetBrain only'
  ])
  t.strictSame(saidOf(text.replace(/^ .*(?:b|c), pass.*\n/gm, '')), [])
})

t.test('sessions without lifetime are a warning', async t => {
  t.strictSame(saidOf('products: { hcx: { idle: 0s, lifetime: 1h }, cbrain: { lifetime: 0m } }'), [
    's.yaml:1:26: products.hcx.idle: every session expires immediately; for a session without expiry, write never',
    's.yaml:1:66: products.cbrain.lifetime: every session expires immediately; for a session without expiry, write never'
  ])
  const sessions = `sessions:
  - { product: netbrain, login: demo, age: 30m }
  - { product: netbrain, login: demo, age: 29m }
  - { product: netbrain, login: demo, age: 30m, status: expired }
  - { product: hcx, login: demo, age: 2m }
  - { product: cbrain, login: demo, age: 9d }
`
  t.strictSame(saidOf(`${sessions}products: { hcx: { lifetime: 1m }, cbrain: { idle: never } }`), [
    's.yaml:2:44: sessions[0].age: this session has expired before the start: one of NetBrain ends when unused for 30m; write status: expired if this is intended',
    's.yaml:5:39: sessions[3].age: this session has expired before the start: one of HCX Manager ends 1m after its login; write status: expired if this is intended'
  ])
})

t.test('a scenario of many rules is read quickly', async t => {
  const rules = Array.from(
    { length: 3000 },
    (_, at) => `  - { on: login, when: { login: a${at} }, then: { fail: forbidden } }`
  )
  t.strictSame(saidOf(`rules:\n${rules.join('\n')}`), [])
})
