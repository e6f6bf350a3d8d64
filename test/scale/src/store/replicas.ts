import t from 'tap'
import { drivers } from '../../../support/drivers.js'
import { engineProcess, noEngine } from '../../../support/engine-process.js'
import { replicaGroup } from '../../../support/replicas.js'

t.test('of 1,000 parallel logouts of one token exactly one succeeds', { skip: noEngine }, async t => {
  const { url } = await engineProcess(t)
  const { send, control } = await replicaGroup(t, { store: url })
  for (const driver of drivers) {
    const token = driver.issued(await send(driver.login()))
    const replies = await Promise.all(Array.from({ length: 1000 }, () => send(driver.logout(token))))
    t.equal(replies.filter(driver.succeeded).length, 1, driver.product.title)
    const found = await control('POST /requests/count', { token, operation: 'logout', outcome: 'success' })
    t.strictSame(found.body, { count: 1 })
  }
})
