import { fidelities } from '../../src/product/product.js'
import { toyDriver } from '../fixtures/toy.js'
import { everyDriver } from '../support/drivers.js'
import { inEveryMode } from '../support/modes.js'
import { playHistories } from '../support/session-model.js'

inEveryMode(async (t, mode) => {
  for (const driver of [...everyDriver, toyDriver])
    for (const fidelity of fidelities)
      t.test(`${driver.product.title}, ${fidelity}: sessions live as the model says`, async t => {
        await playHistories({ mode, driver, fidelity }, { numRuns: 40 })
        t.pass()
      })
})
