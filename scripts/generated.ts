import { readFile } from 'node:fs/promises'
import { products } from '../routes/index.js'
import { createDraftReader } from '../src/scenario/parse.js'
import { scenarioSchema } from '../src/scenario/schema.js'

export interface Generated {
  readonly file: URL
  readonly value: unknown
}

/** The files that are made of others, with what should be in them. */
export const generated = async (): Promise<Generated[]> => [
  { file: new URL('../scenarios/schema.json', import.meta.url), value: scenarioSchema(products) },
  { file: new URL('../src/scenario/default-story.json', import.meta.url), value: await defaultStory() }
]

/** The default story as its text says it, with the line that each rule begins at. */
const defaultStory = async () => {
  const name = 'default'
  const text = await readFile(new URL(`../scenarios/${name}.yaml`, import.meta.url), 'utf8')
  const { draft, lineOf } = createDraftReader(products)({ name: `scenarios/${name}.yaml`, text })
  return { name, lines: (draft.rules ?? []).map((_rule, index) => lineOf(index)), draft }
}
