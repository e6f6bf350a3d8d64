import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { endpoints } from '../routes/control/index.js'
import { flagOf, settingNames, variableOf } from '../src/config/settings.js'

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const page = read('docs/scaling.md')
const recipes = ['examples/replicas/compose.yaml', 'examples/replicas/kubernetes.yaml']

t.test('the recipes for replicas are valid YAML, and linked on the page', async t => {
  for (const name of recipes) {
    t.ok(page.includes(`](../${name})`), name)
    for (const document of parseAllDocuments(read(name), { strict: true, uniqueKeys: true }))
      t.strictSame([...document.errors, ...document.warnings], [])
  }
})

t.test('three replicas of the recipes share one store', async t => {
  const { services } = parse(read('examples/replicas/compose.yaml'))
  t.equal(services['session-mock'].deploy.replicas, 3)
  t.equal(services['session-mock'].environment.SESSION_MOCK_STORE, 'redis://valkey:6379/0')
  const documents = parseAllDocuments(read('examples/replicas/kubernetes.yaml')).map(document => document.toJS())
  const deployment = documents.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'session-mock')
  t.equal(deployment.spec.replicas, 3)
  const [container] = deployment.spec.template.spec.containers
  for (const probe of [container.livenessProbe, container.readinessProbe])
    t.ok(endpoints.some(({ path }) => `/__admin${path}` === probe.httpGet.path))
})

t.test('every flag, variable and path of the page and its recipes exists', async t => {
  const text = [page, ...recipes.map(read)].join('\n')
  const flags = settingNames.map(flagOf)
  for (const [, flag = ''] of page.matchAll(/(?:`| )(--[a-z][a-z-]+)/g)) t.ok(flags.includes(flag), flag)
  for (const [name] of text.matchAll(/SESSION_MOCK_[A-Z_]+/g)) t.ok(settingNames.map(variableOf).includes(name), name)
  for (const [, path = ''] of page.matchAll(/\/__admin(\/[a-z/]+)/g))
    t.ok(
      endpoints.some(endpoint => endpoint.path === path),
      path
    )
})
