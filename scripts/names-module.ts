import { products } from '../routes/index.js'
import { faultNames } from '../src/http/delivery.js'
import { closedSets } from '../src/journal/closed-sets.js'
import { failureNames } from '../src/product/failure.js'
import { bareEffects, wiremockFaults } from '../src/scenario/engine/effects.js'
import { targetWords } from '../src/scenario/engine/rule.js'

/** The module with a type for every set of names that the library's users may write: typing errors do not compile. */
export const namesModule = (): string => {
  const { product, operation, reason } = closedSets(products)
  return [
    '// Made by `npm run generate` from the products and the schemas.\n',
    union('ProductName', product),
    union('OperationName', operation, 'Of any product.'),
    union('RuleTarget', targetWords(products), 'What a rule may be about.'),
    union('FailureName', failureNames, 'Every way a product can refuse.'),
    union('ReasonName', reason, 'Why a request was refused, in a word for programs.'),
    union('FaultName', faultNames, 'How a connection can be broken.'),
    union('WireMockFaultName', Object.keys(wiremockFaults), 'The names that WireMock gives to faults.'),
    union('EffectWord', bareEffects, 'The effects that need no value.')
  ].join('\n')
}

const union = (name: string, words: readonly string[], doc?: string): string =>
  `${doc === undefined ? '' : `/** ${doc} */\n`}export type ${name} =\n${words.map(word => `  | '${word}'`).join('\n')}\n`
