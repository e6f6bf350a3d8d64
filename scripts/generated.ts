import { readFile } from 'node:fs/promises'
import { products } from '../routes/index.js'
import { createDocumentReader } from '../src/scenario/format/parse.js'
import { scenarioSchema } from '../src/scenario/format/schema.js'

export interface Generated {
  readonly file: URL
  readonly value: unknown
}

/** The files that are made of others, with what should be in them. */
export const generated = async (): Promise<Generated[]> => [
  { file: new URL('../scenarios/schema.json', import.meta.url), value: scenarioSchema(products) },
  { file: new URL('../src/scenario/format/default-scenario.json', import.meta.url), value: await defaultStory() }
]

/** The default scenario as its text says it, with the line that each rule begins at. */
const defaultStory = async () => {
  const name = 'default'
  const text = await readFile(new URL(`../scenarios/${name}.yaml`, import.meta.url), 'utf8')
  const { document: draft, lineOf } = createDocumentReader(products)({ name: `scenarios/${name}.yaml`, text })
  return { name, lines: (draft.rules ?? []).map((_rule, index) => lineOf(index)), draft }
}
