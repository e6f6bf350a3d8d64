import t from 'tap'
import { createFilter, type Filter, filterKeys } from '../../../src/journal/search.js'
import { clientOf, steered } from '../../support/control.js'
import { scenarioOf } from '../../support/scenario.js'

const hcx = clientOf('hcx')

/** A login (1), a use that a rule delays (2), a refused use (3), a broken logout (4), and a path of nobody (5). */
const entries = async () => {
  const { app, send, systemClock } = steered({
    scenario: scenarioOf(`title: x
rules:
  - { on: hcx.session, call: 1, name: slow one, then: { delay: 1s } }
  - { on: hcx.logout, then: { connection: reset } }`)
  })
  systemClock.sleep = async ms => systemClock.advance(ms)
  const token = hcx.issued(await send(hcx.login()))
  await send({ ...hcx.use(token), headers: { ...hcx.use(token).headers, Accept: 'application/json' } })
  await send(hcx.use(hcx.unknownToken))
  await send(hcx.logout(token)).catch(() => undefined)
  await send({ method: 'PUT', url: '/nowhere?x=1' })
  return { token, entries: app.spaces.default.journal.entries() }
}

t.test('a search matches all of its keys', async t => {
  const { token, entries: all } = await entries()
  const short = `${token.slice(0, 4)}…${token.slice(-4)}`
  const searches: readonly (readonly [filter: Filter, found: number[]])[] = [
    [{}, [1, 2, 3, 4, 5]],
    [{ number: 3 }, [3]],
    [{ after: 3 }, [4, 5]],
    [{ since: '2026-01-01T12:00:01Z' }, [3, 4, 5]],
    [{ until: '2026-01-01T12:00:01Z' }, [1, 2]],
    [{ product: 'hcx' }, [1, 2, 3, 4]],
    [{ product: '/^h/' }, [1, 2, 3, 4]],
    [{ product: 'h' }, []],
    [{ operation: 'session' }, [2, 3]],
    [{ login: 'demo' }, [1, 2, 4]],
    [{ login: '/DEMO/i' }, [1, 2, 4]],
    [{ token }, [1, 2, 4]],
    [{ token: short }, [1, 2, 4]],
    [{ token: token.slice(0, 8) }, []],
    [{ session: short }, [1, 2, 4]],
    [{ session: token }, [1, 2, 4]],
    [{ method: 'GET' }, [2, 3]],
    [{ path: '/nowhere' }, [5]],
    [{ url: '/nowhere?x=1' }, [5]],
    [{ outcome: 'success' }, [1, 2]],
    [{ outcome: 'broken' }, [4]],
    [{ outcome: 'unmatched' }, [5]],
    [{ status: 401 }, [3]],
    [{ failure: 'no-session' }, [3]],
    [{ reason: 'never-issued' }, [3]],
    [{ why: 'never issued' }, [3]],
    [{ why: '/NEVER/i' }, [3]],
    [{ rule: 'slow one' }, [2]],
    [{ rule: 'wait 1s' }, [2]],
    [{ rule: '/^rule 2/' }, [4]],
    [{ fault: 'reset' }, [4]],
    [{ nearest: 'GET /login' }, [5]],
    [{ slower: '1s' }, [2]],
    [{ slower: '1001ms' }, []],
    [{ header: { accept: 'application/json' } }, [2]],
    [{ header: { ACCEPT: '/json/', 'x-hm-authorization': token } }, [2]],
    [{ header: { accept: 'text/html' } }, []],
    [{ body: 'password' }, [1]],
    [{ body: '/"username":"d/' }, [1]],
    [{ answer: 'UserContext' }, [3]],
    [{ answerHeader: { 'X-HM-Authorization': token } }, [1]],
    [{ product: 'hcx', outcome: 'refused' }, [3]],
    [{ product: 'hcx', outcome: 'unmatched' }, []],
    [{ product: 'hcx', outcome: 'refused', state: 'finished' }, [3]],
    [{ state: 'underway' }, []]
  ]
  for (const [filter, found] of searches)
    t.strictSame(
      all.filter(createFilter(filter)).map(({ number }) => number),
      found,
      JSON.stringify(filter)
    )
  const tried = new Set(searches.flatMap(([filter]) => Object.keys(filter)))
  t.strictSame(
    Object.keys(filterKeys).filter(key => !tried.has(key)),
    [],
    'no key is left out here'
  )
})

t.test('an invalid search is refused, with its place', async t => {
  const { ask } = steered()
  for (const [filter, at] of [
    [{ path: '/(/' }, 'path'],
    [{ header: { accept: '/[/' } }, 'header.accept'],
    [{ status: 42 }, 'status'],
    [{ number: 0 }, 'number'],
    [{ outcome: 'refusd' }, 'outcome'],
    [{ since: '2026-01-01' }, 'since'],
    [{ slower: 'a while' }, 'slower'],
    [{ login: '' }, 'login'],
    [{ lgoin: 'demo' }, 'lgoin']
  ] as const) {
    const { status, body } = await ask('POST /requests/find', filter)
    t.equal(status, 400)
    t.match(body.errors, [{ in: 'body', at }])
  }
})
