/** File name of the schema, beside the scenario. */
export const schemaName = 'session-mock.schema.json'

export const yamlTemplate = `# yaml-language-server: $schema=./${schemaName}
# A scenario for session-mock. Serve it, and reload it after changes:
#   session-mock --scenario <this file> --watch
# Validate it, and describe it in English:
#   session-mock validate <this file>
#   session-mock explain <this file>
# To use one of the examples, remove the # before each of its lines.

# The behaviour in a sentence.
title: demo may log in

# A seed makes tokens, numbers and probabilities reproducible.
#seed: 1

# Start time of the clock; real time by default. A frozen clock changes only by the control API.
#clock: 2026-01-01T00:00:00Z
#frozen: true

# Accounts that may log in; "accounts: any" accepts every login.
accounts:
  - login: demo
    password: demo
#  - login: guest
#    password: guest

# Initial sessions, with tokens for clients.
#sessions:
#  - { product: cbrain, login: demo, token: 0123456789abcdef0123456789abcdef }
#  - { product: cbrain, login: demo, token: fedcba9876543210fedcba9876543210, status: expired }

# Session timeouts, and the number of sessions per account, for each product.
#products:
#  netbrain: { idle: 30m, lifetime: 8h, limit: 2 }
#  cbrain: { fidelity: observed }

# Faults: the calls, how often, and the effects. All effects: node_modules/session-mock/scenarios/README.md#effects
#rules:
#  - { name: the first login fails, on: login, times: 1, then: { fail: server-error } }
#  - { name: guest is slow, on: "*", when: { login: guest }, then: { delay: 2s } }
#  - { name: every third session call expires, on: session, every: 3, then: expire }
#  - { name: the third login locks for ten minutes, on: login, call: 3, for: 10m, per: login, then: { fail: forbidden } }
#  - { name: an error page of a proxy, on: ping, call: 2, then: { reply: { status: 502, body: Bad Gateway } } }
`

/** The same as JSON, which has no comments. */
export const jsonTemplate = `${JSON.stringify(
  {
    $schema: `./${schemaName}`,
    title: 'demo may log in, and the first login fails',
    accounts: [{ login: 'demo', password: 'demo' }],
    rules: [{ name: 'the first login fails', on: 'login', times: 1, then: { fail: 'server-error' } }]
  },
  undefined,
  2
)}\n`
