import t from 'tap'
import { products } from '../../support/known-products.js'
import { realServer, verifyReal } from '../../support/verify.js'

for (const { name } of products)
  for (const after of [1, 2, 5, 12, 20])
    t.test(
      `${name}, interrupted after request ${after}: no session stays open, and no more is sent than the logouts`,
      async t => {
        let count = 0
        const listeners = new Set<(signal: NodeJS.Signals) => void>()
        const { url, app } = await realServer(t, name, {
          onExchange: () => {
            count += 1
            if (count === after) for (const listener of listeners) listener('SIGINT')
          }
        })
        const onSignal = (listener: (signal: NodeJS.Signals) => void) => {
          listeners.add(listener)
          return () => void listeners.delete(listener)
        }
        const { code, err } = await verifyReal(name, url, [], { onSignal })
        t.equal(code, 1)
        t.equal(err, 'session-mock: it was interrupted\n')
        const { sessions, clock, journal } = app.spaces.default
        t.equal(await sessions.count(name, clock.now()), 0)
        const later = journal.entries().slice(after)
        t.ok(
          later.every(({ operation }) => operation === 'logout'),
          later.map(({ operation }) => operation).join()
        )
        t.equal(listeners.size, 0)
      }
    )
