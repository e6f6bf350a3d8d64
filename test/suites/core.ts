import { runSuite } from '../support/suite.js'

await runSuite(
  'test/src/base',
  'test/src/exchange',
  'test/src/http',
  'test/src/kit',
  'test/src/product',
  'test/src/session',
  'test/src/state',
  'test/src/config',
  'test/spaces.ts',
  'test/src/space/spaces.ts'
)
