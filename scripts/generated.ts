import { readFile } from 'node:fs/promises'
import { products } from '../routes/index.js'
import { createDocumentReader } from '../src/scenario/format/parse.js'
import { scenarioSchema } from '../src/scenario/format/schema.js'
import { casesSchema } from '../src/verify/cases.js'
import { apiTypes } from './api-types.js'
import { namesModule } from './names-module.js'

export interface Generated {
  readonly file: URL
  readonly text: string
}

/** The generated files, with their content. */
export const generated = async (): Promise<Generated[]> => [
  json('scenarios/schema.json', scenarioSchema(products)),
  json('routes/cases.schema.json', casesSchema),
  json('src/scenario/format/default-scenario.json', await defaultScenario()),
  { file: fileOf('src/client/names.ts'), text: namesModule() },
  { file: fileOf('src/client/api-types.ts'), text: await apiTypes() }
]

const json = (path: string, value: unknown): Generated => ({
  file: fileOf(path),
  text: `${JSON.stringify(value, undefined, 2)}\n`
})

const fileOf = (path: string): URL => new URL(`../${path}`, import.meta.url)

/** The default scenario, parsed, with the line of each rule. */
const defaultScenario = async () => {
  const name = 'default'
  const text = await readFile(new URL(`../scenarios/${name}.yaml`, import.meta.url), 'utf8')
  const { document: draft, lineOf } = createDocumentReader(products)({ name: `scenarios/${name}.yaml`, text })
  return { name, lines: (draft.rules ?? []).map((_rule, index) => lineOf(index)), draft }
}
