import { runSuite } from '../support/suite.js'

await runSuite('test/src/journal', 'test/src/log', 'test/src/report')
