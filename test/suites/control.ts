import { runSuite } from '../support/suite.js'

await runSuite('test/routes/control', 'test/src/control')
