import { runSuite } from '../support/suite.js'

await runSuite('test/dashboard')
