import t from 'tap'
import { playParallelSpaces } from '../support/parallel-spaces.js'

t.test('200 parallel spaces are independent, and reproducible to the byte', async t => {
  await playParallelSpaces(t, 200)
})
