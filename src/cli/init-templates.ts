/** File name of the schema, beside the scenario. */
export const schemaName = 'session-mock.schema.json'

export const yamlTemplate = `# yaml-language-server: $schema=./${schemaName}
# A scenario for session-mock. Serve it, and read it again whenever it changes:
#   session-mock --scenario <this file> --watch
# Check it, and read in English what it does:
#   session-mock validate <this file>
#   session-mock explain <this file>
# To use one of the examples, take away the # before each of its lines.

# What the client lives through, in a sentence.
title: demo may log in

# The same seed gives the same tokens, numbers and chances.
#seed: 1

# Where the clock starts; left out, it is the real time. A frozen clock stands still until a test moves it.
#clock: 2026-01-01T00:00:00Z
#frozen: true

# Who may log in; "accounts: any" lets everyone in.
accounts:
  - login: demo
    password: demo
#  - login: guest
#    password: guest

# Sessions that are there from the start, with tokens that a client can be given.
#sessions:
#  - { product: cbrain, login: demo, token: 0123456789abcdef0123456789abcdef }
#  - { product: cbrain, login: demo, token: fedcba9876543210fedcba9876543210, status: expired }

# How long sessions live, and how many an account may have, for each product.
#products:
#  netbrain: { idle: 30m, lifetime: 8h, limit: 2 }
#  cbrain: { fidelity: observed }

# What goes wrong: on which calls, how often, and what happens then. The README lists all effects.
#rules:
#  - { name: the first login fails, on: login, times: 1, then: { fail: server-error } }
#  - { name: guest is slow, on: "*", when: { login: guest }, then: { delay: 2s } }
#  - { name: every third session call expires, on: session, every: 3, then: expire }
#  - { name: the third login locks for ten minutes, on: login, call: 3, for: 10m, per: login, then: { fail: forbidden } }
#  - { name: a page of a proxy, on: ping, call: 2, then: { reply: { status: 502, body: Bad Gateway } } }
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
