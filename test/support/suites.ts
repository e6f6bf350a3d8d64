import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The test files and folders that share a process. Files in none of them are in the suite `others`. */
const suites: Readonly<Record<string, readonly string[]>> = {
  cli: ['test/src/cli', 'test/src/main.ts', 'test/src/client.ts', 'test/src/client'],
  control: ['test/routes/control', 'test/src/control'],
  dashboard: ['test/dashboard'],
  grill: ['test/grill-netbrain.ts', 'test/grill-cbrain.ts', 'test/grill-videntity.ts', 'test/grill-hcx.ts'],
  package: [
    'test/package.ts',
    'test/python.ts',
    'test/samples.ts',
    'test/generated.ts',
    'test/generated-clients.ts',
    'test/architecture.ts',
    'test/contributing.ts',
    'test/fuzzer.ts'
  ],
  pages: ['test/readme.ts', 'test/examples.ts', 'test/exec-page.ts', 'test/grill-page.ts', 'test/recipes.ts'],
  scenario: [
    'test/routes/cbrain.ts',
    'test/routes/every-product.ts',
    'test/routes/hcx.ts',
    'test/routes/netbrain-oauth.ts',
    'test/routes/netbrain.ts',
    'test/routes/refused-on-purpose.ts',
    'test/routes/videntity.ts',
    'test/src/scenario',
    'test/scenarios.ts',
    'test/scenarios-page.ts',
    'test/magic-accounts.ts',
    'test/pretend.ts'
  ],
  server: [
    'test/src/server',
    'test/src/tls',
    'test/src/startup',
    'test/src/connections.ts',
    'test/src/limits.ts',
    'test/relogin-race.ts',
    'test/long-tokens.ts',
    'test/black-box.ts',
    'test/src/space/bounds.ts'
  ],
  verify: ['test/routes/cases.ts', 'test/verify-page.ts', 'test/verify-real.ts', 'test/src/verify', 'test/src/overlay'],
  store: ['test/src/store', 'test/scaling-page.ts', 'test/black-box-replicas.ts']
}

/** Folders without test files. */
const withoutTests = /^test\/(?:support|fixtures|docs|fuzz|suites)\//

/** The test files of a suite, relative to the root of the repository. */
export const filesOfSuite = (name: string): string[] => {
  if (name !== 'others') return (suites[name] ?? []).flatMap(filesIn)
  const listed = new Set(Object.values(suites).flat().flatMap(filesIn))
  return filesIn('test').filter(file => !withoutTests.test(file) && !listed.has(file))
}

const filesIn = (path: string): string[] => {
  if (statSync(root + path).isFile()) return [path]
  return readdirSync(root + path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `${path}/${name}`)
    .sort()
}
