import type { SourceCopy } from './source-copy.js'

/** The steps of CONTRIBUTING.md, by the headings of the page: what each adds to a copy of the source. */
export const recipes: Readonly<Record<string, (copy: SourceCopy) => Promise<void>>> = {
  /** First, as the product that is made of the toy has it too. */
  'Add a failure': async ({ insert }) => {
    await insert('src/product/failure.ts', 'export const failureNames', "  'legal-reasons',")
    await insert('src/product/failure.ts', 'const failures', "  451: 'legal-reasons',")
    for (const [product, response, refusal] of [
      ['cbrain', "refusal(451, 'Unavailable')", `[451, '{"status":451,"error":"Unavailable"}']`],
      ['hcx', "refusal(451, 'BAD_REQUEST', 'Unavailable')", `[451, '"error":"Unavailable"}']`],
      ['hcx-workload', "refusal(451, 'BAD_REQUEST', 'Unavailable')", `[451, '"error":"Unavailable"}']`],
      ['netbrain', "refusal(451, 793451, 'Unavailable')", `[451, '"statusCode":793451']`],
      ['videntity', 'serverError(451)', "[451, '<error_name>SERVER_ERROR</error_name>']"]
    ] as const) {
      await insert(`routes/${product}.ts`, "    'bad-credentials':", `    'legal-reasons': ${response},`)
      await insert(`test/support/products/${product}.ts`, '  refusals: {', `    'legal-reasons': ${refusal},`)
    }
    await insert('test/fixtures/toy.ts', 'const statuses', "  'legal-reasons': 451,")
    const rule = '{ name: banned, on: login, when: { login: banned }, then: { fail: legal-reasons } }'
    await insert('scenarios/default.yaml', '  - { name: down,', `  - ${rule}`)
    await insert('scenarios/default.yaml', 'accounts:', '  - { login: banned, password: demo }')
    await insert('test/magic-accounts.ts', 'const refused', "  banned: 'legal-reasons',")
  },

  /** The toy of the core tests, in the folders of a product. */
  'Add a product': async ({ read, write, insert }) => {
    const toy = (await read('test/fixtures/toy.ts'))
      .replaceAll('../../src/', '../src/')
      .replaceAll('toy', 'acme')
      .replaceAll("'Toy'", "'Acme'")
    const [product = '', driver = ''] = toy.split("const text = { 'content-type': 'text/plain' }")
    const part = (pattern: RegExp) => pattern.exec(product)?.[0] ?? ''
    const refusals = part(/const refusals = .*?\n\n/s)
    await write('routes/acme.ts', product.replace(/^import .*driver\.js'\n/m, '').replace(refusals, ''))
    await insert('routes/index.ts', 'import { cbrain }', "import { acme } from './acme.js'")
    const index = await read('routes/index.ts')
    await write('routes/index.ts', index.replace('products: readonly Product[] = [', '$&acme, '))
    await write(
      'test/support/products/acme.ts',
      `import { acme } from '../../../routes/acme.js'
import { type FailureName, failureNames } from '../../../src/product/failure.js'
import { type Driver, spaced } from '../driver.js'
${part(/const statuses.*?\n}\n/s)}${refusals}const text = { 'content-type': 'text/plain' }${driver.replace('export const acmeDriver', 'export const driver')}`
    )
  },

  'Add an effect': async ({ insert }) => {
    await insert(
      'src/scenario/engine/effects.ts',
      'export const effects = {',
      `  stamp: effect<string>({
    schema: { type: 'string', minLength: 1, description: 'Sets the header X-Stamp.' },
    describe: text => \`stamp \${text}\`,
    apply: (text, turn) => turn.setHeaders({ 'X-Stamp': text })
  }),`
    )
    await insert('src/client/scenario-types.ts', 'export interface ScenarioEffects {', '  readonly stamp?: string')
    await insert(
      'test/src/scenario/engine/effects.ts',
      'const plays',
      `  async stamp(t, driver) {
    const { send, login } = withRules(driver, 'on: use, then: { stamp: blue }')
    t.match(await send(driver.use(await login())), { headers: { 'x-stamp': 'blue' } })
  },`
    )
  },

  'Add a condition': async ({ insert }) => {
    await insert(
      'src/scenario/engine/conditions.ts',
      'const conditions = {',
      `  method: condition<string>({
    schema: { type: 'string', description: 'Method of the request.' },
    compile: wanted => ({ call }) => call.request.method === wanted,
    describe: wanted => \`method is \${wanted}\`
  }),`
    )
    await insert('src/client/scenario-types.ts', 'export interface ScenarioConditions {', '  readonly method?: string')
  },

  'Add a setting': async ({ insert }) => {
    await insert(
      'src/config/settings.ts',
      'const controlSettings = {',
      `  versionLabel: controlSetting<string | undefined>({
    placeholder: '<text>',
    fallback: undefined,
    fallbackWords: 'the version',
    help: 'Version in responses of the control API',
    parse: token
  }),`
    )
    await insert('src/client/options.ts', 'export interface StartOptions {', '  readonly versionLabel?: string')
    await insert(
      'src/run/open-app.ts',
      '    ...rest,',
      '    ...(settings.versionLabel !== undefined && { version: settings.versionLabel }),'
    )
  },

  'Add a control path': async ({ write, insert }) => {
    await write(
      'routes/control/echo.ts',
      `import type { Endpoint } from '../../src/control/endpoint.js'
import { object, text } from './schemas.js'

const echo: Endpoint = {
  method: 'GET',
  path: '/echo/{word}',
  summary: 'Echo a word',
  answers: { 200: { description: 'The word.', schema: object({ word: text }) } },
  run: ({ params: { word = '' } }) => ({ word })
}

export const echoEndpoints = [echo]
`
    )
    await insert(
      'routes/control/index.ts',
      'import { dashboardEndpoints }',
      "import { echoEndpoints } from './echo.js'"
    )
    await insert('routes/control/index.ts', '  ...healthEndpoints,', '  ...echoEndpoints,')
  }
}
