import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { filesIn } from './support/suite.js'

const suites = fileURLToPath(new URL('suites/', import.meta.url))

/** Folders with files that are no tests. */
const others = /^test\/(?:support|fixtures|docs|fuzz|suites)\//

t.test('every test file is in one suite, so that `npm test` runs it once', async t => {
  const listed = readdirSync(suites).flatMap(name => {
    const [, call = ''] = /runSuite\(([^)]*)\)/.exec(readFileSync(suites + name, 'utf8')) ?? []
    return [...call.matchAll(/'([^']+)'/g)].flatMap(([, path = '']) => filesIn(path))
  })
  const files = filesIn('test').filter(file => !others.test(file))
  t.ok(files.length > 100)
  t.strictSame(listed.sort(), files)
})
