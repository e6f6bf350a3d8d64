import type { ScenarioDocument } from '../scenario/format/compile.js'
import { faultRuleName, withRules } from './fault-rules.js'

/** A fault during the whole run, for one product. */
export interface RunFault {
  readonly name: string
  readonly words: string
  change(product: string, document: ScenarioDocument): ScenarioDocument
}

export const runFaults: readonly RunFault[] = [
  {
    name: 'evicted',
    words: 'each login ends the other sessions of its account',
    change: (product, document) =>
      withRules(document, [{ name: faultRuleName('evicted'), on: `${product}.login`, then: 'evict' }])
  },
  {
    name: 'session-limit',
    words: 'an account may have one session',
    change: (product, document) => withProduct(document, product, { limit: 1 })
  },
  {
    name: 'expiry-between',
    words: 'each session expires before its second call',
    change: (product, document) =>
      withRules(document, [
        {
          name: faultRuleName('expiry-between'),
          on: product,
          when: { session: 'open' },
          call: 2,
          per: 'session',
          then: 'expire'
        }
      ])
  },
  {
    name: 'clock-skew',
    words: "the server's clock is years behind",
    change: (_product, document) => ({ clock: '2020-02-29T23:59:30Z', ...document })
  }
]

const withProduct = (document: ScenarioDocument, name: string, settings: object): ScenarioDocument => ({
  ...document,
  products: { ...document.products, [name]: { ...document.products?.[name], ...settings } }
})
