import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import t from 'tap'
import { parse } from 'yaml'
import { products } from '../../../../routes/index.js'
import { failureNames } from '../../../../src/product/failure.js'
import { scenarioSchema } from '../../../../src/scenario/format/schema.js'
import { toy } from '../../../fixtures/toy.js'

const folder = new URL('../../../../scenarios/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')

const shipped = JSON.parse(read('schema.json'))

/** As any program would use the file that is shipped: it knows nothing of ours. */
const validate = new Ajv({ allowUnionTypes: true }).compile(shipped)

t.test('the shipped scenarios are valid by the shipped schema', async t => {
  const files = readdirSync(folder).filter(file => file.endsWith('.yaml'))
  t.ok(files.length > 16)
  for (const file of files) t.ok(validate(parse(read(file))), file)
})

t.test('the shipped scenarios name their schema for editors', async t => {
  for (const file of readdirSync(folder).filter(file => file.endsWith('.yaml')))
    t.match(read(file), /^# yaml-language-server: \$schema=\.\/schema\.json\n/)
})

const wrong: readonly unknown[] = [
  [],
  {},
  { titel: 'x' },
  { rules: [{ on: 'login' }] },
  { rules: [{ on: 'logn', then: 'evict' }] },
  { rules: [{ on: 'login', then: 'explode' }] },
  { rules: [{ on: 'login', then: { fail: 'servererror' } }] },
  { rules: [{ on: 'login', call: 0, then: 'evict' }] },
  { rules: [{ on: 'login', chance: 2, then: 'evict' }] },
  { rules: [{ on: 'login', then: { delay: 2 } }] },
  { clock: 'yesterday' },
  { accounts: [{ login: 1, password: 'x' }] },
  { products: { cbrian: {} } }
]

t.test('invalid scenarios are invalid by the shipped schema', async t => {
  for (const value of wrong) t.notOk(validate(value), JSON.stringify(value))
})

interface Part {
  readonly properties?: Readonly<Record<string, Part>>
  readonly items?: Part
  readonly anyOf?: readonly Part[]
  readonly description?: string
  readonly enum?: readonly string[]
}

/** Every key that a schema speaks of, with what it says of it. */
const keysOf = ({ properties = {}, items, anyOf = [] }: Part, path = ''): [path: string, part: Part][] => [
  ...Object.entries(properties).flatMap(([key, part]): [string, Part][] => [
    [`${path}.${key}`, part],
    ...keysOf(part, `${path}.${key}`)
  ]),
  ...(items ? keysOf(items, `${path}[]`) : []),
  ...anyOf.flatMap(part => keysOf(part, path))
]

t.test('every key has a description for editors', async t => {
  const own = new RegExp(`^\\.accounts\\[\\]\\.(?:${products.map(({ name }) => name).join('|')})\\.`)
  const keys = keysOf(shipped).filter(([path]) => !own.test(path))
  t.ok(keys.length > 60)
  for (const [path, { description = '' }] of keys) t.match(description, /^[\w"].+\.$/s, path)
})

t.test('enumerated values are in the schema for completion', async t => {
  const words = Object.fromEntries(keysOf(shipped).map(([path, part]) => [path, part.enum]))
  t.strictSame(words['.rules[].then.fail'], [...failureNames])
  t.strictSame(words['.rules[].when.session'], ['open', 'expired', 'ended', 'none'])
  t.strictSame(
    words['.sessions[].product'],
    products.map(({ name }) => name)
  )
  const [target] = keysOf(shipped).find(([path]) => path === '.rules[].on')?.[1].anyOf ?? []
  for (const word of ['*', 'login', 'hcx', 'videntity.ping']) t.ok(target?.enum?.includes(word), word)
})

t.test('an additional product is in the schema', async t => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(scenarioSchema([toy]))
  t.ok(validate({ products: { toy: { limit: 2 } }, rules: [{ on: 'toy.session', then: 'expire' }] }))
  t.notOk(validate({ products: { hcx: { limit: 2 } } }))
})
