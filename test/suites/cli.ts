import { runSuite } from '../support/suite.js'

await runSuite('test/src/cli', 'test/src/main.ts', 'test/src/client.ts', 'test/src/client')
