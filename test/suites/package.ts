import { runSuite } from '../support/suite.js'

await runSuite(
  'test/package.ts',
  'test/python.ts',
  'test/samples.ts',
  'test/generated.ts',
  'test/generated-clients.ts',
  'test/architecture.ts',
  'test/suites.ts',
  'test/fuzzer.ts'
)
