import t from 'tap'
import { type Verdict, type VerdictName, verdictNames, verdictsOf } from '../../../src/journal/verdicts.js'
import { clientOf, type Steered, steered } from '../../support/control.js'
import { scenarioOf } from '../../support/scenario.js'

const hcx = clientOf('hcx')

/** What a client does, and how one verdict on it turns out. */
interface Case {
  readonly verdict: VerdictName
  readonly what: string
  readonly scenario?: string
  run(server: Steered, token: () => Promise<string>): Promise<unknown>
  /** The numbers of the requests that are found wrong; none where the verdict is passed. */
  readonly found?: readonly (readonly number[])[]
}

const cases: readonly Case[] = [
  {
    verdict: 'session-left-open',
    what: 'a session that its client forgets',
    run: (_server, login) => login(),
    found: [[1]]
  },
  {
    verdict: 'session-left-open',
    what: 'a session that is logged out',
    run: async ({ send }, login) => send(hcx.logout(await login()))
  },
  {
    verdict: 'session-left-open',
    what: 'a session that somebody else has ended',
    run: async ({ ask }, login) => {
      await login()
      await ask('POST /sessions/revoke')
    }
  },
  {
    verdict: 'session-left-open',
    what: 'a session whose time is over, so that nobody can log it out',
    run: async ({ systemClock }, login) => {
      await login()
      systemClock.advance(3_600_000)
    }
  },
  {
    verdict: 'session-left-open',
    what: 'a session that its client cannot know, as the answer was lost',
    scenario: 'rules: [{ on: login, then: { connection: truncate } }]',
    run: ({ send }) => send(hcx.login()).catch(() => undefined)
  },
  {
    verdict: 'session-left-open',
    what: 'a session that was only pretended',
    scenario: 'rules: [{ on: login, then: pretend }]',
    run: (_server, login) => login()
  },
  {
    verdict: 'session-left-open',
    what: 'a session whose logout was only pretended',
    scenario: 'rules: [{ on: logout, then: pretend }]',
    run: async ({ send }, login) => send(hcx.logout(await login()))
  },
  {
    verdict: 'session-left-open',
    what: 'a session whose logout was refused',
    scenario: 'rules: [{ on: logout, then: { fail: server-error } }]',
    run: async ({ send }, login) => send(hcx.logout(await login())),
    found: [[1]]
  },
  {
    verdict: 'session-left-open',
    what: 'a session that no login has opened',
    run: ({ ask }) => ask('POST /sessions', { product: 'hcx', login: 'demo' })
  },
  {
    verdict: 'call-after-logout',
    what: 'a call with a token that was logged out',
    run: async ({ send }, login) => {
      const token = await login()
      await send(hcx.logout(token))
      await send(hcx.use(token))
      await send(hcx.logout(token))
    },
    found: [[3], [4]]
  },
  {
    verdict: 'call-after-logout',
    what: 'a call that succeeds, as the logout was only pretended',
    scenario: 'rules: [{ on: logout, then: pretend }]',
    run: async ({ send }, login) => {
      const token = await login()
      await send(hcx.logout(token))
      await send(hcx.use(token))
    },
    found: [[3]]
  },
  {
    verdict: 'call-after-logout',
    what: 'a call with another token after a logout',
    run: async ({ send }, login) => {
      await send(hcx.logout(await login()))
      await send(hcx.use(await login()))
    }
  },
  {
    verdict: 'call-after-logout',
    what: 'a call with a token that somebody else has ended',
    run: async ({ send, ask }, login) => {
      const token = await login()
      await ask('POST /sessions/revoke')
      await send(hcx.use(token))
    }
  },
  {
    verdict: 'call-after-logout',
    what: 'a call with a token that the scenario says has ended',
    scenario: `sessions: [{ product: hcx, login: demo, token: "${hcx.unknownToken}", status: ended }]`,
    run: ({ send }) => send(hcx.use(hcx.unknownToken))
  },
  {
    verdict: 'credentials-in-url',
    what: 'a password in a query',
    run: ({ send }) => send({ method: 'POST', url: '/session?login=demo&password=demo' }),
    found: [[1]]
  },
  {
    verdict: 'credentials-in-url',
    what: 'a token in a query',
    run: ({ send }) => send({ method: 'GET', url: `/session?cbrain_api_token=${clientOf('cbrain').unknownToken}` }),
    found: [[1]]
  },
  {
    verdict: 'credentials-in-url',
    what: 'a token in the URL, by whatever name',
    run: ({ send }) => send({ ...hcx.use(hcx.unknownToken), url: `/api/admin/v1/sessions?x=${hcx.unknownToken}` }),
    found: [[1]]
  },
  {
    verdict: 'credentials-in-url',
    what: 'a login in a form, a token in a header',
    run: async ({ send }, login) => send(hcx.use(await login()))
  },
  {
    verdict: 'refusal-without-login',
    what: 'a client that goes on with a refused token',
    run: async ({ send, systemClock }, login) => {
      const token = await login()
      systemClock.advance(3_600_000)
      await send(hcx.use(token))
      await send(hcx.use(token))
    },
    found: [[3]]
  },
  {
    verdict: 'refusal-without-login',
    what: 'a client that logs in again',
    run: async ({ send, systemClock }, login) => {
      const token = await login()
      systemClock.advance(3_600_000)
      await send(hcx.use(token))
      await send(hcx.use(await login()))
    }
  },
  {
    verdict: 'refusal-without-login',
    what: 'a client that tries to log in again, in vain',
    scenario: 'rules: [{ on: login, call: "2-", then: { fail: unavailable } }]',
    run: async ({ send, systemClock }, login) => {
      const token = await login()
      systemClock.advance(3_600_000)
      await send(hcx.use(token))
      await send(hcx.login())
    }
  },
  {
    verdict: 'refusal-without-login',
    what: 'a client whose account another one logs in to elsewhere',
    run: async ({ send, systemClock }, login) => {
      const token = await login()
      systemClock.advance(3_600_000)
      await send(hcx.use(token))
      await send(clientOf('cbrain').login())
    },
    found: [[2]]
  },
  {
    verdict: 'refusal-without-login',
    what: 'a client without a token',
    run: ({ send }) => send({ method: 'GET', url: '/api/admin/v1/sessions' }),
    found: [[1]]
  },
  {
    verdict: 'refusal-without-login',
    what: 'a refusal that a rule asked for',
    scenario: 'rules: [{ on: session, then: { fail: no-session } }]',
    run: async ({ send }, login) => send(hcx.use(await login())),
    found: [[2]]
  },
  {
    verdict: 'refusal-without-login',
    what: 'a logout of a session whose time is over',
    run: async ({ send, systemClock }, login) => {
      const token = await login()
      systemClock.advance(3_600_000)
      await send(hcx.logout(token))
    }
  },
  {
    verdict: 'refusal-without-login',
    what: 'a wrong password',
    run: ({ send }) => send({ ...hcx.login(), payload: '{"username":"demo","password":"x"}' })
  },
  {
    verdict: 'needless-login',
    what: 'a login for each call',
    run: async (_server, login) => {
      await login()
      await login()
    },
    found: [[1, 2]]
  },
  {
    verdict: 'needless-login',
    what: 'a login after a logout',
    run: async ({ send }, login) => {
      await send(hcx.logout(await login()))
      await login()
    }
  },
  {
    verdict: 'needless-login',
    what: 'a login after the time of the session was over',
    run: async ({ systemClock }, login) => {
      await login()
      systemClock.advance(3_600_000)
      await login()
    }
  },
  {
    verdict: 'needless-login',
    what: 'a login after a refusal that a rule asked for, though the session is good',
    scenario: 'rules: [{ on: session, call: 1, then: { fail: no-session } }]',
    run: async ({ send }, login) => {
      await send(hcx.use(await login()))
      await login()
    }
  },
  {
    verdict: 'needless-login',
    what: 'a login again, as the answer to the first was lost',
    scenario: 'rules: [{ on: login, call: 1, then: { connection: truncate } }]',
    run: async ({ send }, login) => {
      await send(hcx.login()).catch(() => undefined)
      await login()
    }
  },
  {
    verdict: 'needless-login',
    what: 'logins of two accounts, and on two products',
    scenario: 'accounts: any',
    run: async ({ send }, login) => {
      await login()
      await send({ ...hcx.login(), payload: '{"username":"ann","password":"x"}' })
      await send(clientOf('cbrain').login())
    }
  },
  {
    verdict: 'foreign-token',
    what: 'a token of another product',
    run: async ({ send }, login) => send(clientOf('cbrain').use(await login())),
    found: [[2]]
  },
  {
    verdict: 'foreign-token',
    what: 'a token that nobody has issued',
    run: ({ send }) => send(hcx.use(hcx.unknownToken))
  }
]

const judge = (server: Steered, verdict: VerdictName, space = server.app.spaces.default): Verdict => {
  const judged = verdictsOf([space]).find(each => each.verdict === verdict)
  if (!judged) throw new Error(`there is no verdict ${verdict}`)
  return judged
}

for (const { verdict, what, scenario = 'title: x', run, found = [] } of cases)
  t.test(`${verdict}: ${what} is ${found.length === 0 ? 'fine' : 'found'}`, async t => {
    const server = steered({ scenario: scenarioOf(scenario) })
    await run(server, async () => hcx.issued(await server.send(hcx.login())))
    const { passed, findings, description } = judge(server, verdict)
    t.strictSame(
      findings.map(({ requests }) => requests),
      found
    )
    t.equal(passed, found.length === 0)
    t.equal(description, verdictNames[verdict])
    for (const { words, space } of findings) {
      t.equal(space, 'default')
      t.match(words, /\brequest \d+ \(/)
    }
  })

t.test('a token of another space is reported in the space of its use', async t => {
  const server = steered()
  const token = hcx.issued(await server.send(hcx.login()))
  await server.send({ ...hcx.use(token), url: `/~a${hcx.use('').url}` })
  const space = server.app.spaces.get('a')
  t.match(judge(server, 'foreign-token', space), {
    passed: false,
    findings: [{ space: 'a', words: 'request 1 (hcx.session, 401: the token belongs to the space default)' }]
  })
  t.ok(judge(server, 'foreign-token').passed)
})

t.test('every verdict has passing and failing examples', async t => {
  for (const verdict of Object.keys(verdictNames)) {
    const ways = new Set(cases.filter(each => each.verdict === verdict).map(({ found }) => found === undefined))
    t.equal(ways.size, 2, verdict)
  }
})

t.test('a logout counts after its row is dropped from the journal', async t => {
  const server = steered({ journal: 1 })
  const token = hcx.issued(await server.send(hcx.login()))
  await server.send(hcx.logout(token))
  await server.send(hcx.use(token))
  t.match(judge(server, 'call-after-logout'), { findings: [{ requests: [3] }] })
})
