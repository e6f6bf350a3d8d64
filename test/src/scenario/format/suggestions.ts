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
  ['then: { body: x }', '"then": { "body": "x" }', 'unknown key "body"; write reply: { body: x }'],
  [
    'then: { retry-after: 30 }',
    '"then": { "retry-after": 30 }',
    'unknown key "retry-after"; for a header of the response, write headers: { retry-after: 30 }'
  ],
  [
    'then: logout',
    '"then": "logout"',
    'found "logout"; write revoke, which ends the session as a logout elsewhere does'
  ],
  [
    'then: [delay: 1s, lock]',
    '"then": [{ "delay": "1s" }, "lock"]',
    'found "lock"; write { fail: forbidden }, which refuses as for a locked account; revoke ends its session'
  ],
  ['then: unavailable', '"then": "unavailable"', 'found "unavailable"; write { fail: unavailable }'],
  ['then: reset', '"then": "reset"', 'found "reset"; write { connection: reset }'],
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
  ['then: { fail: locked }', '"then": { "fail": "locked" }', 'found "locked"; write forbidden'],
  ['then: { delay: 1s-3s }', '"then": { "delay": "1s-3s" }', 'found "1s-3s"; write { uniform: [1s, 3s] }'],
  ['then: { delay: 1-3s }', '"then": { "delay": "1-3s" }', 'found "1-3s"; write { uniform: [1s, 3s] }'],
  ['then: { delay: [1s, 3s] }', '"then": { "delay": ["1s", "3s"] }', 'write { uniform: [1s, 3s] }'],
  ['then: { delay: 2 seconds }', '"then": { "delay": "2 seconds" }', 'found "2 seconds"; write 2s'],
  ['then: { delay: 20 millis }', '"then": { "delay": "20 millis" }', 'found "20 millis"; write 20ms'],
  ['then: { expire: 5 minutes }', '"then": { "expire": "5 minutes" }', 'found "5 minutes"; write 5m'],
  ['then: { revoke: 5 }', '"then": { "revoke": 5 }', 'found 5; add its unit: 5s or 5ms'],
  [
    'then: { state: A, for: 10m }',
    '"then": { "state": "A", "for": "10m" }',
    'unknown key "for"; it belongs next to then or in state'
  ],
  ['then: { reply: 503 }', '"then": { "reply": 503 }', 'found 503; write { status: 503 }'],
  ['then: evict, chance: 10%', '"then": "evict", "chance": "10%"', 'found "10%"; write 0.1'],
  ['then: evict, chance: 1/3', '"then": "evict", "chance": "1/3"', 'found "1/3"; write 0.3333'],
  ['then: evict, call: 2..4', '"then": "evict", "call": "2..4"', 'found "2..4"; write 2-4'],
  ['then: evict, call: [2, 3]', '"then": "evict", "call": [2, 3]', 'found a list of 2; write 2-3'],
  [
    'then: evict, call: [1, 3]',
    '"then": "evict", "call": [1, 3]',
    'found a list of 2; a rule has one number or range: write a rule for each of 1 and 3'
  ],
  ['then: evict, per: user', '"then": "evict", "per": "user"', 'expected rule, session or login, found "user"'],
  [
    'then: evict, when: { call: 3 }',
    '"then": "evict", "when": { "call": 3 }',
    'unknown key "call"; it belongs next to when'
  ],
  [
    'then: evict, when: { session: opn }',
    '"then": "evict", "when": { "session": "opn" }',
    'found "opn"; did you mean open?'
  ],
  [
    'then: evict, fail: forbidden',
    '"then": "evict", "fail": "forbidden"',
    'unknown key "fail"; write then: { fail: forbidden }'
  ],
  [
    'then: evict, after: 5m',
    '"then": "evict", "after": "5m"',
    'unknown key "after"; from: 5m counts from the start of the scenario; then: { expire: 5m } ends the session that long after the call'
  ],
  [
    'then: evict, url: /session',
    '"then": "evict", "url": "/session"',
    'unknown key "url"; write on, with an operation such as login: session-mock products lists their paths'
  ],
  [
    'then: evict, response: { status: 503 }',
    '"then": "evict", "response": { "status": 503 }',
    'unknown key "response"; write then: { reply: … }, or then: { fail: … } for a refusal of the product'
  ],
  [
    'then: { httpResponse: { statusCode: 503 } }',
    '"then": { "httpResponse": { "statusCode": 503 } }',
    'unknown key "httpResponse"; write reply, or fail for a refusal of the product'
  ],
  ['then: { reply: { jsonBody: 1 } }', '"then": { "reply": { "jsonBody": 1 } }', 'unknown key "jsonBody"; write body'],
  [
    'then: { fault: EMPTY_RESPONSE }',
    '"then": { "fault": "EMPTY_RESPONSE" }',
    'unknown key "fault"; write connection: EMPTY_RESPONSE'
  ],
  [
    'then: { fixedDelayMilliseconds: 200 }',
    '"then": { "fixedDelayMilliseconds": 200 }',
    'unknown key "fixedDelayMilliseconds"; write delay: 200ms'
  ],
  [
    'then: evict, requiredScenarioState: Started',
    '"then": "evict", "requiredScenarioState": "Started"',
    'unknown key "requiredScenarioState"; write when: { state: Started }'
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
  [
    'idle: 5m',
    's:1:1: idle: unknown key "idle"; it belongs in products.netbrain, products.videntity, products.cbrain or products.hcx'
  ],
  [
    'on: login\nthen: evict',
    's:1:1: on: unknown key "on"; it belongs in an item of the list under rules: write - before the first key of each item',
    's:2:1: then: unknown key "then"; it belongs in an item of the list under rules: write - before the first key of each item'
  ],
  ['mappings: []', 's:1:1: mappings: unknown key "mappings"; write rules'],
  [
    'rules:\n  on: login\n  then: evict',
    's:2:3: rules: expected a list, found keys and values; this is a list: put - before on (in JSON, [ ] around it)'
  ],
  [
    'rules: [{ on: GET /session, then: evict }]',
    's:1:15: rules[0].on: expected a product, an operation, product.operation or "*", or a list of these, found "GET /session"; a rule names operations, not paths: session-mock products lists both'
  ],
  [
    'rules: [{ on: netbrain login, then: evict }, { on: [session.cbrain], then: evict }]',
    's:1:15: rules[0].on: expected a product, an operation, product.operation or "*", or a list of these, found "netbrain login"; write netbrain.login',
    's:1:53: rules[1].on[0]: expected a product, an operation, product.operation or "*", found "session.cbrain"; write cbrain.session'
  ],
  [
    'rules: [{ on: cbrain.ping, then: evict }]',
    's:1:15: rules[0].on: expected a product, an operation, product.operation or "*", or a list of these, found "cbrain.ping"; there are cbrain.login, cbrain.session and cbrain.logout'
  ],
  [
    'rules: [{ on: login, when: { header: User-Agent: curl }, then: evict }]',
    's:1:38: expected keys and values in { }: write header: { User-Agent: curl }'
  ],
  [
    'rules:\n  - on: login\n    when:\n      header: User-Agent: curl\n    then: evict',
    's:4:15: expected keys and values in { }: write header: { User-Agent: curl }'
  ],
  [
    'rules: [{ on: login, when: { opened: 3-1 }, then: evict }]',
    's:1:38: rules[0].when.opened: the range 3-1 is empty: its end comes before its start'
  ],
  [
    'rules: [{ on: login, then: { revoke: { of: session, after: 5m } } }]',
    's:1:44: rules[0].then.revoke.of: expected account, found "session"'
  ]
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
  [
    ['rules:', '  - on: login', '    then:', '      headers: Retry-After: 1'],
    's:4:16: expected keys and values in { }: write headers: { Retry-After: 1 }'
  ],
  [
    ['rules:', '  - on: login', '    then:', '      headers:', '        X-Build: 7', '        Retry-After:1'],
    's:6:9: expected a space after the colon: Retry-After: 1'
  ],
  [['title: x', '  rules: []'], 's:2:3: expected "rules" at column 1, as "title" of line 1; found it at column 3']
]

for (const [lines, said] of ofLines)
  t.test(`a misplaced line is reported with its expected place: ${said}`, async t => {
    t.strictSame(saidOf(`${lines.join('\n')}\n`), [said])
  })
