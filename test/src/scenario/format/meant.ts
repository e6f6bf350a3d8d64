import t from 'tap'
import { loadExpressions } from '../../../../src/base/expression.js'
import { createParse } from '../../../../src/scenario/format/parse.js'
import { products } from '../../../support/known-products.js'

await loadExpressions()
const parse = createParse(products)

/** What is said of a text: its mistakes, a line each. */
const saidOf = (text: string): string[] => {
  try {
    parse({ name: 's', text })
    return []
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : []
  }
}

/** Keys of one rule on login, in YAML and in JSON, and what is said of them at the end of the line. */
const ofRules: readonly (readonly [keys: string, json: string, said: string])[] = [
  [
    'then: { status: 503 }',
    '"then": { "status": 503 }',
    `unknown key "status"; write reply: { status: 503 }, or { fail: unavailable } for the response of the product`
  ],
  ['then: { status: 418 }', '"then": { "status": 418 }', 'unknown key "status"; write reply: { status: 418 }'],
  ['then: { fail: 503 }', '"then": { "fail": 503 }', 'expected the name of a failure, found 503; 503 is unavailable'],
  [
    'then: { fail: 401 }',
    '"then": { "fail": 401 }',
    'expected the name of a failure, found 401; 401 is no-session, or bad-credentials at a login'
  ],
  [
    'then: { fail: 418 }',
    '"then": { "fail": 418 }',
    'expected the name of a failure, found 418; write reply: { status: 418 } in place of fail'
  ],
  ['then: { delay: 1s-3s }', '"then": { "delay": "1s-3s" }', 'found "1s-3s"; write { uniform: [1s, 3s] }'],
  ['then: { delay: 1-3s }', '"then": { "delay": "1-3s" }', 'found "1-3s"; write { uniform: [1s, 3s] }'],
  ['then: { delay: [1s, 3s] }', '"then": { "delay": ["1s", "3s"] }', 'write { uniform: [1s, 3s] }'],
  ['then: { delay: 2 seconds }', '"then": { "delay": "2 seconds" }', 'found "2 seconds"; write 2s'],
  ['then: { fail: locked }', '"then": { "fail": "locked" }', 'found "locked"; write forbidden'],
  ['then: { reply: { json: 1 } }', '"then": { "reply": { "json": 1 } }', 'unknown key "json"; write body'],
  [
    'then: { state: A, for: 10m }',
    '"then": { "state": "A", "for": "10m" }',
    'unknown key "for"; it belongs next to then; for a temporary state, write state: { to: Locked, for: 10m }'
  ],
  ['then: evict, every: 3rd', '"then": "evict", "every": "3rd"', 'found "3rd"; write 3'],
  ['then: evict, times: twice', '"then": "evict", "times": "twice"', 'found "twice"; write 2'],
  ['then: evict, per: user', '"then": "evict", "per": "user"', 'found "user"; write login'],
  ['then: { reply: 503 }', '"then": { "reply": 503 }', 'found 503; write { status: 503 }'],
  ['then: { connection: timeout }', '"then": { "connection": "timeout" }', 'found "timeout"; write hang'],
  ['then: evict, chance: 10%', '"then": "evict", "chance": "10%"', 'found "10%"; write 0.1'],
  ['then: evict, chance: 1/3', '"then": "evict", "chance": "1/3"', 'found "1/3"; write 0.3333'],
  ['then: evict, call: 2..4', '"then": "evict", "call": "2..4"', 'found "2..4"; write 2-4'],
  [
    'then: evict, when: { user: norm }',
    '"then": "evict", "when": { "user": "norm" }',
    'unknown key "user"; write login: norm'
  ],
  [
    'then: evict, when: { session: valid }',
    '"then": "evict", "when": { "session": "valid" }',
    'found "valid"; write open'
  ],
  [
    'then: evict, probability: 0.2',
    '"then": "evict", "probability": 0.2',
    'unknown key "probability"; write chance, from 0 to 1'
  ],
  [
    'then: evict, fail: forbidden',
    '"then": "evict", "fail": "forbidden"',
    'unknown key "fail"; an effect belongs under then: indent it there'
  ]
]

for (const [keys, json, said] of ofRules)
  t.test(`${keys}: the intended key is suggested, in YAML and JSON`, async t => {
    for (const text of [`rules: [{ on: login, ${keys} }]`, `{ "rules": [{ "on": "login", ${json} }] }`]) {
      const [line = '', ...more] = saidOf(text)
      t.match(line, /^s:1:\d+: rules\[0\]\.\S+: /)
      t.ok(line.endsWith(said), line)
      t.strictSame(more, [])
    }
  })

const ofOthers: readonly (readonly [text: string, ...said: string[]])[] = [
  ['products: { hcx: { ttl: 5m } }', 's:1:20: products.hcx.ttl: unknown key "ttl"; write lifetime: 5m'],
  [
    'products: { hcx: { idle: forever } }',
    's:1:26: products.hcx.idle: expected a duration such as 30m, or never, found "forever"; write never'
  ],
  [
    'rules:\n  on: login\n  then: evict',
    's:2:3: rules: expected a list, found keys and values; this is a list: put - before on (in JSON, [ ] around it)'
  ],
  [
    'rules:\n  first: { on: login, then: evict }',
    's:2:3: rules: expected a list, found keys and values; this is a list: write - { name: first, on: login, then: evict }'
  ],
  [
    'rules: [{ on: GET /session, then: evict }]',
    's:1:15: rules[0].on: expected a product, an operation, product.operation or "*", found "GET /session"; a rule names operations, not paths: session-mock products lists both'
  ],
  [
    'rules: [{ on: netbrain login, then: evict }, { on: [session.cbrain], then: evict }]',
    's:1:15: rules[0].on: expected a product, an operation, product.operation or "*", found "netbrain login"; write netbrain.login',
    's:1:53: rules[1].on[0]: expected a product, an operation, product.operation or "*", found "session.cbrain"; write cbrain.session'
  ],
  ['users: [{ login: a, password: b }]', 's:1:1: users: unknown key "users"; write accounts']
]

for (const [text, ...said] of ofOthers)
  t.test(`${text.replaceAll('\n', ' ')}: the intended form is suggested`, async t => {
    t.strictSame(saidOf(text), said)
  })

/** Texts that are indented or spaced wrongly. */
const ofLines: readonly (readonly [lines: readonly string[], said: string])[] = [
  [
    ['rules:', '  - on: login', '    then: fail: forbidden'],
    's:3:11: expected keys and values in { }: write then: { fail: forbidden }'
  ],
  [
    ['rules:', '  - on: login', '  then: evict'],
    's:3:3: expected "then" at column 5, as "on" of line 2; found it at column 3'
  ],
  [
    ['rules:', '  - on: login', '   then: evict'],
    's:3:4: expected "then" at column 5, as "on" of line 2; found it at column 4'
  ],
  [
    ['rules:', '  - on: login', '      then: evict'],
    's:3:7: expected "then" at column 5, as "on" of line 2; found it at column 7'
  ],
  [
    ['rules:', '  - on: login', '    then: evict', ' - on: ping'],
    's:4:2: expected the - of "on" at column 3, as "on" of line 2; found it at column 2'
  ],
  [
    ['rules:', '- on: login', '  then: evict', '  - on: ping'],
    's:4:3: expected the - of "on" at column 1, as "on" of line 2; found it at column 3'
  ],
  [['rules:', '  -on: login', '   then: evict'], 's:2:3: expected a space after the -: - on: login'],
  [['rules:', '  - on: login', '    then:evict'], 's:3:5: expected a space after the colon: then: evict'],
  [['title: x', '  rules: []'], 's:2:3: expected "rules" at column 1, as "title" of line 1; found it at column 3']
]

for (const [lines, said] of ofLines)
  t.test(`a misplaced line is reported with its expected place: ${said}`, async t => {
    t.strictSame(saidOf(`${lines.join('\n')}\n`), [said])
  })
