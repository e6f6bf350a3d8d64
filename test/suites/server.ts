import { runSuite } from '../support/suite.js'

await runSuite(
  'test/src/server',
  'test/src/tls',
  'test/src/startup',
  'test/src/connections.ts',
  'test/src/limits.ts',
  'test/relogin-race.ts',
  'test/long-tokens.ts',
  'test/black-box.ts',
  'test/src/space/bounds.ts'
)
