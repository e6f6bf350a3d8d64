import { runSuite } from '../support/suite.js'

await runSuite(
  'test/src/scenario',
  'test/scenarios.ts',
  'test/scenarios-page.ts',
  'test/magic-accounts.ts',
  'test/pretend.ts'
)
