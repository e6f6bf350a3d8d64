import { fidelities } from '../src/product/product.js'
import { toyDriver } from './fixtures/toy.js'
import { everyDriver } from './support/drivers.js'
import { inEveryMode } from './support/modes.js'
import { commandNames, playHistories } from './support/session-model.js'

// By their seeds, the histories are the same in each run; test/scale/session-life.ts has new ones.
inEveryMode(async (t, mode) => {
  for (const [index, driver] of [...everyDriver, toyDriver].entries())
    for (const fidelity of fidelities)
      t.test(`${driver.product.title}, ${fidelity}: sessions live as the model says`, async t => {
        await playHistories({ mode, driver, fidelity }, { numRuns: mode.name === 'memory' ? 4 : 1, seed: index })
        t.pass()
      })
  t.test('every command has been run', async t => {
    t.strictSame([...commandNames.run].sort(), [...commandNames.all].sort())
  })
})
