import t from 'tap'
import { fidelities } from '../../../src/product/product.js'
import { toyDriver } from '../../fixtures/toy.js'
import { everyDriver } from '../../support/drivers.js'
import { compareCopies } from '../../support/worlds.js'

for (const driver of [...everyDriver, toyDriver])
  for (const fidelity of fidelities)
    t.test(
      `${driver.product.title}, ${fidelity}: a fork and a restored snapshot respond like the original, and no restore changes a snapshot`,
      async t => {
        await compareCopies(driver, fidelity, { maxLength: 15, numRuns: 1, seed: 2026, unbiased: true })
        t.pass()
      }
    )
