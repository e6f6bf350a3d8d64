import { runSuite } from '../support/suite.js'

await runSuite('test/readme.ts', 'test/examples.ts', 'test/exec-page.ts', 'test/grill-page.ts', 'test/recipes.ts')
