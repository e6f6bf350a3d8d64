import type { Product } from '../../product/product.js'
import type { ParsedScenario } from '../scenario.js'
import { compileScenario } from './compile.js'
import built from './default-scenario.json' with { type: 'json' }
import type { ScenarioDocument } from './scenario-document.js'
import { keepText } from './scenario-text.js'

/**
 * The default scenario, parsed and checked before the build. Its JSON comes from scenarios/default.yaml by `npm run generate`.
 */
export const prebuiltScenario = (name: string, products: readonly Product[]): ParsedScenario | undefined => {
  if (name !== built.name) return undefined
  const placeOf = (index: number) => `scenarios/${name}.yaml:${built.lines[index]}`
  const scenario = compileScenario(built.draft as ScenarioDocument, `scenarios/${name}.yaml`, placeOf, products)
  keepText(scenario, { shipped: name })
  return { scenario, warnings: [] }
}
