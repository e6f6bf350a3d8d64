import { loadExpressions } from '../../src/base/expression.js'
import { createParse } from '../../src/scenario/format/parse.js'
import type { Scenario } from '../../src/scenario/scenario.js'
import { toy } from '../fixtures/toy.js'
import { products } from './known-products.js'

await loadExpressions()
const parse = createParse(products)
const parseWithToy = createParse([...products, toy])

/** The scenario of a YAML text. */
export const scenarioOf = (text: string): Scenario => parse({ name: 'scenario.yaml', text }).scenario

/** The same, where the toy product is known too. */
export const toyScenarioOf = (text: string): Scenario => parseWithToy({ name: 'scenario.yaml', text }).scenario
