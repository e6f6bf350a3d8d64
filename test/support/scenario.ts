import { loadExpressions } from '../../src/base/expression.js'
import { createParse } from '../../src/scenario/format/parse.js'
import type { Scenario } from '../../src/scenario/scenario.js'
import { products } from './known-products.js'

await loadExpressions()
const parse = createParse(products)

/** The scenario of a YAML text. */
export const scenarioOf = (text: string): Scenario => parse({ name: 'scenario.yaml', text }).scenario
