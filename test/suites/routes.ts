import { runSuite } from '../support/suite.js'

await runSuite(
  'test/routes/cbrain.ts',
  'test/routes/every-product.ts',
  'test/routes/hcx.ts',
  'test/routes/netbrain-oauth.ts',
  'test/routes/netbrain.ts',
  'test/routes/refused-on-purpose.ts',
  'test/routes/videntity.ts'
)
