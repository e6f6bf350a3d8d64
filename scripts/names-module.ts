import { products } from '../routes/index.js'
import { faultNames } from '../src/http/fault-names.js'
import { closedSets } from '../src/journal/search.js'
import { failureNames } from '../src/product/failure.js'
import { targetWords } from '../src/scenario/engine/call-selector.js'
import { bareEffects, wiremockFaults } from '../src/scenario/engine/effects.js'

/** The source of `src/client/names.ts`: a type for each set of names, so that typing errors in tests do not compile. */
export const namesModule = (): string => {
  const { product, operation, reason } = closedSets(products)
  return [
    '// Generated from the products and the schemas by `npm run generate`.\n',
    union('ProductName', product),
    union('OperationName', operation, 'Operations of all products.'),
    union('RuleTarget', targetWords(products), 'Targets of rules.'),
    union('FailureName', failureNames, 'Failures of products.'),
    union('ReasonName', reason, 'Codes of reasons for refusals.'),
    union('FaultName', faultNames, 'Connection faults.'),
    union('WireMockFaultName', Object.keys(wiremockFaults), "WireMock's names of connection faults."),
    union('EffectWord', bareEffects, 'Effects without a value.')
  ].join('\n')
}

const union = (name: string, words: readonly string[], doc?: string): string =>
  `${doc === undefined ? '' : `/** ${doc} */\n`}export type ${name} =\n${words.map(word => `  | '${word}'`).join('\n')}\n`
