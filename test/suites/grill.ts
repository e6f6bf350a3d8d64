import { runSuite } from '../support/suite.js'

await runSuite('test/grill-netbrain.ts', 'test/grill-cbrain.ts', 'test/grill-videntity.ts', 'test/grill-hcx.ts')
