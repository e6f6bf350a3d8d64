import type { Product } from '../product.js'
import { compileStory } from './compile.js'
import built from './default-story.json' with { type: 'json' }
import type { Scenario } from './draft.js'
import type { Parsed } from './parse.js'

/**
 * The story that runs where none is named, as it was read when this was built: nothing has to be parsed or checked. Its JSON is
 * made from scenarios/default.yaml by `npm run generate`.
 */
export const builtStory = (name: string, products: readonly Product[]): Parsed | undefined => {
  if (name !== built.name) return undefined
  const placeOf = (index: number) => `scenarios/${name}.yaml:${built.lines[index]}`
  return { story: compileStory(built.draft as Scenario, `scenarios/${name}.yaml`, placeOf, products), warnings: [] }
}
