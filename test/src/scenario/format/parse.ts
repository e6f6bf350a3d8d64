import t from 'tap'
import { loadExpressions } from '../../../../src/base/expression.js'
import { createParse } from '../../../../src/scenario/format/parse.js'
import { formatIssue, ScenarioError } from '../../../../src/scenario/validation-issue.js'
import { products } from '../../../support/known-products.js'

await loadExpressions()
const parse = createParse(products)

/** What is said of a text: its mistakes, a line each, or nothing. */
const saidOf = (text: string): string => {
  try {
    parse({ name: 's.yaml', text })
    return ''
  } catch (error) {
    if (error instanceof ScenarioError) return error.message
    throw error
  }
}

type Row = readonly [what: string, text: string, ...said: string[]]

const topKeys = 'title, seed, clock, frozen, accounts, sessions, products or rules'
const ruleKeys = 'on, name, when, call, every, times, chance, from, until, for, per or then'
const effects = 'state, expire, revoke, evict, hold, delay, fail, reply, pretend, headers, dribble or connection'
const effectWords = 'expire, revoke, evict, pretend, state, hold, delay, fail, reply, headers, dribble or connection'
const failures =
  'bad-credentials, missing-field, bad-request, too-large, no-session, expired-session, forbidden, rate-limited, server-error, unavailable, not-found or method-not-allowed'
const target = 'a product, an operation, product.operation or "*"'
const targets = `${target}, or a list of these`
const calls = 'a whole number from 1, or a range such as "2-4" or "3-"'
const duration = 'a duration such as 200ms, 2s or 1h30m'
const delay =
  'a duration such as 2s, or one of { uniform: [100ms, 2s] }, { lognormal: { median: 90ms, sigma: 0.1, max: 5s } }'

/** A text of one rule, whose keys begin at column 5 of line 2. */
const rule = (text: string): string => `rules:\n  - { ${text} }`

const names: readonly Row[] = [
  ['an unknown key', 'titel: x', `1:1: titel: unknown key "titel"; expected ${topKeys}; did you mean title?`],
  [
    'an unknown key of a rule',
    'rules:\n  - on: login\n    thn: evict\n    then: evict',
    `3:5: rules[0].thn: unknown key "thn"; expected ${ruleKeys}; did you mean then?`
  ],
  [
    'an unknown product',
    rule('on: cbrian, then: evict'),
    `2:11: rules[0].on: expected ${targets}, found "cbrian"; did you mean cbrain?`
  ],
  [
    'an unknown operation',
    rule('on: cbrain.sesion, then: evict'),
    `2:11: rules[0].on: expected ${targets}, found "cbrain.sesion"; did you mean cbrain.session?`
  ],
  [
    'an operation that is like none of its product',
    rule('on: hcx.frobnicate, then: evict'),
    `2:11: rules[0].on: expected ${targets}, found "hcx.frobnicate"; there are hcx.login, hcx.session and hcx.logout`
  ],
  [
    'an unknown operation in a list',
    rule('on: [login, logot], then: evict'),
    `2:19: rules[0].on[1]: expected ${target}, found "logot"; did you mean logout?`
  ],
  [
    'an unknown failure',
    rule('on: login, then: { fail: servererror }'),
    `2:32: rules[0].then.fail: expected ${failures}, found "servererror"; did you mean server-error?`
  ],
  [
    'an unknown effect as a word',
    rule('on: login, then: expir'),
    `2:24: rules[0].then: expected ${effectWords}, found "expir"; did you mean expire?`
  ],
  [
    'an unknown effect with a value',
    rule('on: login, then: { dely: 2s }'),
    `2:26: rules[0].then.dely: unknown key "dely"; expected ${effects}; did you mean delay?`
  ],
  [
    'an unknown effect in a list',
    rule('on: login, then: [evict, explode]'),
    `2:32: rules[0].then[1]: expected ${effectWords}, found "explode"`
  ],
  [
    'an unknown product in the settings',
    'products: { cbrian: { limit: 2 } }',
    '1:13: products.cbrian: unknown key "cbrian"; expected netbrain, videntity, cbrain or hcx; did you mean cbrain?'
  ],
  [
    'an unknown product of a session',
    'sessions: [{ product: hcs, login: demo }]',
    '1:23: sessions[0].product: expected netbrain, videntity, cbrain or hcx, found "hcs"; did you mean hcx?'
  ],
  [
    'an unknown fault',
    rule('on: login, then: { connection: rst }'),
    '2:38: rules[0].then.connection: expected reset, empty, truncate, garbage, malformed, hang, CONNECTION_RESET_BY_PEER, EMPTY_RESPONSE, MALFORMED_RESPONSE_CHUNK or RANDOM_DATA_THEN_CLOSE, found "rst"; did you mean reset?'
  ],
  [
    'an unknown key of an account',
    'accounts: [{ login: a, pasword: b }]',
    '1:12: accounts[0]: the key "password" is missing: an account requires it',
    '1:24: accounts[0].pasword: unknown key "pasword"; expected login, password, netbrain, videntity, cbrain or hcx; did you mean password?'
  ],
  [
    'keys that every object has',
    '__proto__: { a: 1 }\nconstructor: 2',
    `1:1: __proto__: unknown key "__proto__"; expected ${topKeys}`,
    `2:1: constructor: unknown key "constructor"; expected ${topKeys}`
  ],
  [
    'a key that every object has, in a rule',
    rule('on: login, then: evict, when: { __proto__: { login: x } }'),
    '2:39: rules[0].when.__proto__: unknown key "__proto__"; expected login, token, session, age, opened, state, header, query or body'
  ],
  ['a key of several lines', '"a\\nb": 1', `1:1: ["a\\nb"]: unknown key "a\\nb"; expected ${topKeys}`]
]

const kinds: readonly Row[] = [
  ['call 0', rule('on: login, call: 0, then: evict'), `2:24: rules[0].call: expected ${calls}, found 0`],
  [
    'a call between two',
    rule('on: login, call: 1.5, then: evict'),
    `2:24: rules[0].call: expected ${calls}, found 1.5`
  ],
  [
    'a call in quotes',
    rule('on: login, call: "3", then: evict'),
    `2:24: rules[0].call: expected ${calls}, found "3"; write it without quotes: 3`
  ],
  ['a range from 0', rule('on: login, call: 0-3, then: evict'), `2:24: rules[0].call: expected ${calls}, found "0-3"`],
  [
    'every 0',
    rule('on: login, every: 0, then: evict'),
    '2:25: rules[0].every: expected a whole number from 1, found 0'
  ],
  [
    'times -1',
    rule('on: login, times: -1, then: evict'),
    '2:25: rules[0].times: expected a whole number from 1, found -1'
  ],
  [
    'chance 2',
    rule('on: login, chance: 2, then: evict'),
    '2:26: rules[0].chance: expected a number from 0 to 1, found 2; write 0.02 for 2%'
  ],
  [
    'a chance in percent',
    rule('on: login, chance: 20%, then: evict'),
    '2:26: rules[0].chance: expected a number from 0 to 1, found "20%"; write 0.2'
  ],
  [
    'a duration without a unit',
    rule('on: login, from: 10, then: { delay: 2 }'),
    `2:24: rules[0].from: expected ${duration}, found 10; add its unit: 10s or 10ms`,
    `2:43: rules[0].then.delay: expected ${delay}, found 2; add its unit: 2s or 2ms`
  ],
  [
    'a duration in another unit',
    rule('on: login, until: 40 sec, then: { delay: 2sec }'),
    `2:25: rules[0].until: expected ${duration}, found "40 sec"; write 40s`,
    `2:48: rules[0].then.delay: expected ${duration}, found "2sec"; write 2s`
  ],
  [
    'a delay of two kinds',
    rule('on: login, then: { delay: { uniform: [1s, 2s], lognormal: { median: 1s, sigma: 1 } } }'),
    `2:33: rules[0].then.delay: expected ${delay}, found keys and values`
  ],
  [
    'a range of delays with one end',
    rule('on: login, then: { delay: { uniform: [2s] } }'),
    '2:44: rules[0].then.delay.uniform: expected a list of 2, found a list of 1'
  ],
  [
    'a word of a delay',
    rule('on: login, then: { delay: { unifrm: [1s, 2s] } }'),
    '2:35: rules[0].then.delay.unifrm: unknown key "unifrm"; expected uniform or lognormal; did you mean uniform?'
  ],
  [
    'an effect without the value that it needs',
    rule('on: login, then: fail'),
    '2:24: rules[0].then: "fail" needs a value: write { fail: … }'
  ],
  [
    'an effect that is no effect',
    rule('on: login, then: 3'),
    '2:24: rules[0].then: expected an effect, or a list of effects, found 3'
  ],
  [
    'an effect that is not there',
    'rules:\n  - on: login\n    then:\n',
    '3:10: rules[0].then: expected an effect, or a list of effects, found nothing'
  ],
  [
    'no effect at all',
    rule('on: login, then: []'),
    '2:24: rules[0].then: expected an effect, or a list of effects, found an empty list'
  ],
  [
    'a bare effect that is not meant',
    rule('on: login, then: { pretend: false }'),
    '2:35: rules[0].then.pretend: expected true, found false'
  ],
  [
    'a rule without its words',
    'rules: [{ name: x }]',
    '1:9: rules[0]: the key "on" is missing: a rule requires it',
    '1:9: rules[0]: the key "then" is missing: a rule requires it'
  ],
  [
    'a rule that is a word',
    'rules: [expire]',
    '1:9: rules[0]: expected a rule, with keys such as on and then, found "expire"'
  ],
  [
    'rules that are no list',
    'rules:\n  on: login',
    '2:3: rules: expected a list, found keys and values; this is a list: put - before on (in JSON, [ ] around it)'
  ],
  ['a target that is a number', rule('on: 3, then: evict'), `2:11: rules[0].on: expected ${targets}, found 3`],
  [
    'a number where a text is wanted, as it is written',
    'sessions: [{ product: cbrain, login: demo, token: 00112233445566778899001122334455 }]',
    '1:51: sessions[0].token: expected a text, found 00112233445566778899001122334455; write it in quotes: "00112233445566778899001122334455"'
  ],
  [
    'numbers in an account',
    'accounts:\n  - { login: 123, password: 0123, videntity: { account_number: 210983749212839 } }',
    '2:14: accounts[0].login: expected a text, found 123; write it in quotes: "123"',
    '2:29: accounts[0].password: expected a text, found 0123; write it in quotes: "0123"',
    '2:64: accounts[0].videntity.account_number: expected a text of 15 digits, found 210983749212839; write it in quotes: "210983749212839"'
  ],
  [
    'a text of a wrong form in an account',
    'accounts: [{ login: a, password: b, videntity: { account_number: "1" } }]',
    '1:66: accounts[0].videntity.account_number: expected a text of 15 digits, found "1"'
  ],
  [
    'a text where a number is wanted',
    'accounts: [{ login: a, password: b, cbrain: { user_id: "2" } }]',
    '1:56: accounts[0].cbrain.user_id: expected a whole number from 1, found "2"; write it without quotes: 2'
  ],
  [
    'another word for accounts',
    'accounts: everyone',
    '1:11: accounts: expected any, or a list of accounts, found "everyone"'
  ],
  [
    'one account without a list',
    'accounts: { login: a, password: b }',
    '1:11: accounts: expected any, or a list of accounts, found keys and values; this is a list: put - before login (in JSON, [ ] around it)'
  ],
  ['yes for true', 'frozen: yes', '1:9: frozen: expected true or false, found "yes"; write it without quotes: true'],
  ['a seed that is a list', 'seed: [1]', '1:7: seed: expected a whole number or a text, found a list of 1'],
  [
    'a day for a clock',
    'clock: 2026-01-01',
    '1:8: clock: expected a time such as 2026-01-01T00:00:00Z, found "2026-01-01"; write 2026-01-01T00:00:00Z'
  ],
  [
    'a time of nowhere',
    'clock: 2026-01-01T00:00:00',
    '1:8: clock: expected a time such as 2026-01-01T00:00:00Z, found "2026-01-01T00:00:00"; write 2026-01-01T00:00:00Z'
  ],
  [
    'settings of a wrong kind',
    'products: { cbrain: { idle: 30, limit: 0, fidelity: real } }',
    '1:29: products.cbrain.idle: expected a duration such as 30m, or never, found 30; add its unit: 30s or 30ms',
    '1:40: products.cbrain.limit: expected a whole number from 1, found 0',
    '1:53: products.cbrain.fidelity: expected documented or observed, found "real"'
  ],
  [
    'an answer that cannot be sent',
    rule('on: login, then: { reply: { status: 999, headers: { "a b": c, X: [], Y: [a, true] }, body: 3 } }'),
    '2:43: rules[0].then.reply.status: expected a whole number from 200 to 599, found 999',
    '2:59: rules[0].then.reply.headers["a b"]: expected the name of a header, found "a b"',
    '2:72: rules[0].then.reply.headers.X: expected a header value: one line of text, or a number; or a list of these, for several headers of one name, found an empty list',
    '2:83: rules[0].then.reply.headers.Y[1]: expected a header value: one line of text, or a number, found true; write it in quotes: "true"',
    '2:98: rules[0].then.reply.body: expected a text, or an object or list that is sent as JSON, found 3; write it in quotes: "3"'
  ],
  [
    'conditions of a wrong kind',
    rule('on: login, when: { session: opn, age: 10m, state: 3, header: x }, then: evict'),
    '2:35: rules[0].when.session: expected open, expired, ended or none, found "opn"; did you mean open?',
    '2:45: rules[0].when.age: expected a comparison with a duration, such as ">10m", found "10m"; write ">10m", for older than that',
    '2:57: rules[0].when.state: expected a text, found 3; write it in quotes: "3"',
    '2:68: rules[0].when.header: expected names of headers, each with a text, a /regular expression/, true or false, found "x"'
  ],
  [
    'a seed that no number can hold',
    'seed: 12345678901234567890',
    '1:7: seed: expected a number that JSON and JavaScript can hold, found 12345678901234567890, which would become 12345678901234567000; write it in quotes: "12345678901234567890"'
  ],
  [
    'numbers of a body that would be sent as others',
    'rules:\n  - on: login\n    then: [evict, { reply: { body: { list: [1, 0.1, 1e3, 0x1F, { id: 12345678901234567890 }], far: 1e400, none: .nan } } }]',
    '3:70: rules[0].then[1].reply.body.list[4].id: expected a number that JSON and JavaScript can hold, found 12345678901234567890, which would become 12345678901234567000; write the whole body as a text, or this number as a text, in quotes: "12345678901234567890"',
    '3:100: rules[0].then[1].reply.body.far: expected a number that JSON and JavaScript can hold, found 1e400; write the whole body as a text, or this number as a text, in quotes: "1e400"',
    '3:113: rules[0].then[1].reply.body.none: expected a number that JSON and JavaScript can hold, found .nan; write the whole body as a text, or this number as a text, in quotes: ".nan"'
  ],
  [
    'a number in JSON with more digits than are kept',
    '{"rules":[{"on":"login","then":{"reply":{"body":{"price":0.1234567890123456789}}}}]}',
    '1:58: rules[0].then.reply.body.price: expected a number that JSON and JavaScript can hold, found 0.1234567890123456789, which would become 0.12345678901234568; write the whole body as a text, or this number as a text, in quotes: "0.1234567890123456789"'
  ],
  [
    'a list for a scenario',
    '- a\n- b',
    '1:1: expected a session-mock scenario, with keys such as title, seed and clock, found a list of 2'
  ],
  [
    'a word for a scenario',
    'hello',
    '1:1: expected a session-mock scenario, with keys such as title, seed and clock, found "hello"'
  ],
  [
    'nothing but a comment',
    '# x',
    '1:1: expected a session-mock scenario, with keys such as title, seed and clock, found nothing'
  ],
  [
    'no keys at all',
    '{}',
    '1:1: expected a session-mock scenario, with keys such as title, seed and clock, found no keys'
  ]
]

const texts: readonly Row[] = [
  ['an empty text', '', '1:1: the document is empty; a scenario has keys such as title, accounts and rules'],
  ['a blank text', ' \n\n', '1:1: the document is empty; a scenario has keys such as title, accounts and rules'],
  ['a text with bytes of no text', 'title: \0', '1:8: expected YAML or JSON in UTF-8, found other bytes'],
  [
    'a text of bytes that were no UTF-8',
    'a: 1\ntitle: \uFFFD',
    '2:8: expected YAML or JSON in UTF-8, found other bytes'
  ],
  ['a tab', 'rules:\n\t- on: login', '2:1: expected spaces before this, found a tab'],
  ['a list that is not closed', 'rules: [', '1:9: expected the ] that ends a list'],
  ['a map that is not closed', 'products: { cbrain: { limit: 2 }', '1:33: expected the } that ends keys and values'],
  ['a quote that is not closed', 'title: "x', '1:10: expected the quote that ends this text'],
  ['a key twice', 'title: a\ntitle: b', '2:1: the key title is repeated'],
  ['two documents', 'title: a\n---\ntitle: b', '2:1: a second document begins here; a scenario is one'],
  ['an asterisk without quotes', rule('on: *, then: evict'), '2:11: write the asterisk in quotes: "*"'],
  [
    'an asterisk without quotes, at a line end',
    'rules:\n  - on: *\n    then: evict',
    '2:9: write the asterisk in quotes: "*"'
  ],
  [
    'a colon in a text',
    'title: Logout: it lies',
    '1:8: expected one value here: a text with a colon in it must be in quotes, and keys of one level begin at the same column'
  ],
  [
    'a comparison without quotes',
    rule('on: login, when: { age: >10m }, then: evict'),
    '2:31: a text that begins with > must be in quotes'
  ],
  [
    'a comparison without quotes, on a line of its own',
    'rules:\n  - on: login\n    when:\n      age: >10m\n    then: evict',
    '4:12: a text that begins with > must be in quotes'
  ],
  [
    'keys at different columns',
    'products:\n    cbrain: { limit: 2 }\n  hcx: { limit: 2 }',
    '3:3: expected "hcx" at column 5, as "cbrain" of line 2; found it at column 3'
  ],
  ['JSON without a comma', '{"title": "x" "seed": 3}', '1:15: did not expect "seed": here'],
  ['a tag', 'title: !!js/function "x"', '1:8: expected no tag, found !!js/function'],
  ['an anchor that is not there', 'title: *nope', '1:8: no anchor &nope precedes this'],
  ['an alias of itself', 'rules: &r\n  - *r', '2:5: *r would contain itself'],
  [
    'aliases that explode',
    `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: &d [${'*c,'.repeat(9)}]`,
    '1:1: its aliases expand beyond the size limit of a scenario'
  ],
  ['a merge of what is no map', '<<: 3\ntitle: x', '1:1: expected keys and values after <<'],
  ['a text that is too long', `# ${'x'.repeat(1_048_575)}`, '1:1: a scenario may have 1048576 bytes, this has 1048577']
]

for (const [what, text, ...said] of [...names, ...kinds, ...texts])
  t.test(`${what} is reported with its place`, async t => {
    t.strictSame(
      saidOf(text).split('\n'),
      said.map(line => `s.yaml:${line}`)
    )
  })

t.test('deep nesting is reported in one line', async t => {
  const depths = ['['.repeat(100_000), `title: ${'['.repeat(4000)}${']'.repeat(4000)}`, `{"a":`.repeat(50_000)]
  for (const text of depths) t.match(saidOf(text), /^s\.yaml:1:\d+: this is nested too deeply$/)
})

t.test('all errors are reported together, in the order of the text', async t => {
  const text = `
clock: 2026-02-30T00:00:00Z
accounts:
  - { login: a, password: b }
  - { login: a, password: c }
sessions:
  - { product: cbrain, login: nobody, token: abc }
rules:
  - { on: login, call: 4-2, thn: x, then: evict }
  - { on: nowhere, then: { delay: { uniform: [2s, 1s] } } }
  - { on: login, when: { body: "/(/" }, from: 40s, until: 10s, then: { fial: x } }
`
  const said = saidOf(text).split('\n')
  t.strictSame(
    said.map(line => line.split(': ').slice(0, 2).join(' ')),
    [
      's.yaml:2:8 clock',
      's.yaml:5:14 accounts[1].login',
      's.yaml:7:31 sessions[0].login',
      's.yaml:7:46 sessions[0].token',
      's.yaml:9:24 rules[0].call',
      's.yaml:9:29 rules[0].thn',
      's.yaml:10:11 rules[1].on',
      's.yaml:10:46 rules[1].then.delay.uniform',
      's.yaml:11:32 rules[2].when.body',
      's.yaml:11:59 rules[2].until',
      's.yaml:11:72 rules[2].then.fial'
    ]
  )
})

t.test('places are correct in files with CRLF, a byte order mark, and in JSON', async t => {
  t.match(saidOf('title: x\r\nrules:\r\n  - { on: logn, then: evict }\r\n'), /^s\.yaml:3:11: rules\[0\]\.on: /)
  t.match(saidOf('\uFEFFtitel: x'), /:1:\d: titel: unknown key/)
  t.match(saidOf('{\n  "rules": [\n    { "on": "logn", "then": "evict" }\n  ]\n}'), /^s\.yaml:3:13: rules\[0\]\.on: /)
})

t.test('all errors are reported, however many', async t => {
  const text = `rules:\n${'  - { on: lgin, then: { fial: forbidden } }\n'.repeat(300)}`
  t.equal(saidOf(text).split('\n').length, 600)
})

t.test('anchors, merge keys, comments and JSON are understood', async t => {
  const { scenario, warnings } = parse({
    name: 's.yaml',
    text: `
rules:
  - &slow { on: login, then: { delay: 2s } }   # as it is
  - { <<: *slow, on: logout }
`
  })
  t.strictSame(warnings, [])
  t.strictSame(
    scenario.rules.map(({ sentence, title }) => [sentence, title]),
    [
      ['on login: wait 2s', 'rule 1 (s.yaml:3)'],
      ['on logout: wait 2s', 'rule 2 (s.yaml:4)']
    ]
  )
  t.equal(parse({ name: 's.json', text: '{"title": "x"}' }).scenario.title, 'x')
  t.equal(parse({ name: 's.yaml', text: '%YAML 1.1\n---\ntitle: yes' }).scenario.title, 'yes')
})

t.test('numbers in headers are sent as written, in YAML and JSON', async t => {
  const sentences = (text: string) => parse({ name: 's', text }).scenario.rules.map(({ sentence }) => sentence)
  const said = 'on login: set headers X-Build: 1.10, X-Many: 007, X-Many: 0x1F'
  t.strictSame(sentences(rule('on: login, then: { headers: { X-Build: 1.10, X-Many: [007, 0x1F] } }')), [said])
  t.strictSame(
    sentences(
      '{"rules":[{"on":"login","then":[{"reply":{"headers":{"X-Build":1.10,"X-Big":12345678901234567890}}}]}]}'
    ),
    ['on login: reply 200 with headers X-Build: 1.10, X-Big: 12345678901234567890']
  )
  t.strictSame(
    sentences(
      'rules:\n  - { on: login, then: { headers: &h { X: 1.0 } } }\n  - { on: ping, then: { headers: { <<: *h, Y: 2.0 } } }'
    ),
    ['on login: set header X: 1.0', 'on ping: set headers X: 1.0, Y: 2.0']
  )
})

t.test('numbers that can be held are kept, as texts where keys are texts', async t => {
  const body = (text: string) =>
    parse({ name: 's', text: rule(`on: login, then: { reply: { body: ${text} } }`) }).scenario
  t.equal(
    body('{ 1.10: a, 007: b, true: c, big: 9007199254740992, float: 1.10, small: 1e-7, hex: 0xFF, half: .5 }').rules[0]
      ?.sentence,
    'on login: reply 200 with JSON body {"1.10":"a","007":"b","true":"c","big":9007199254740992,"float":1.1,"small":1e-7,"hex":255,"half":0.5}'
  )
  t.equal(parse({ name: 's', text: 'seed: 9007199254740991' }).scenario.seed, 9007199254740991)
  t.equal(parse({ name: 's', text: 'seed: "12345678901234567890"' }).scenario.seed, '12345678901234567890')
})

t.test('warnings are reported with the scenario', async t => {
  const { scenario, warnings } = parse({ name: 's.yaml', text: rule('on: login, chance: 0, then: evict') })
  t.equal(scenario.rules.length, 1)
  t.strictSame(warnings.map(formatIssue), ['s.yaml:2:5: rules[0]: this rule never applies: its chance is 0'])
})

t.test('mistakes are found in linear time, whatever the text', async t => {
  // In quadratic time, one of these takes minutes.
  const long = (piece: string) => piece.repeat(100_000 / piece.length)
  for (const text of [
    `title: ${long('>')}`,
    `title: >${long('>|')}\n x`,
    `rules:\n  - on: login\n    then: fail:${long('\t')}#`,
    `rules:\n  - on: login\n    then: fail: ${long('a ')}#`,
    `rules:\n  - on: login\n   then: x\n${long('- ')}\r`,
    `rules:\n  - { on: login, then: { headers: "a:${long(' ')}\\n b" } }`,
    `rules:\n  - { on: login, when: { age: ">${long(' ')}x" }, then: expire }`,
    `rules:\n  - { on: login, then: { delay: "${long('1')}x" } }`,
    `rules:\n  - { on: login, then: { delay: "1${long(' ')}x" } }`,
    `rules:\n  - { on: login, then: { delay: "1 ${long('1')}x" } }`,
    `rules:\n  - { on: login, chance: "1${long(' ')}x", then: expire }`,
    `rules:\n  - { on: login, then: { reply: { body: { a: 1${long('0')}1 } } } }`,
    `rules:\n  - { on: login, then: { reply: { body: { a: 0.${long('0')}1${long('0')}x: 1 } } } }`,
    `rules:\n  - { on: login, then: { "${long('a-')}": 1 } }`,
    `rules:\n  - { on: login, then: ${long('a.')} }`,
    `rules:\n  - { on: ${long('cbrain.')}, then: evict }`,
    `rules:\n  - on: login\n    when: { header: ${long('a ')}: x }`,
    `rules:\n  - on: login\n    when: { header: a: ${long(' x')} }`
  ])
    t.not(saidOf(text), '', text.slice(0, 60))
})
