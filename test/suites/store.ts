import { runSuite } from '../support/suite.js'

await runSuite('store')
