import type { Fidelity, Product } from '../../product/product.js'
import { settingOf } from '../setting.js'
import { fidelity, someProducts } from '../values/products.js'
import { paths, scenario } from '../values/texts.js'
import { oneOf, trueOrFalse } from '../values/words.js'

const setting = settingOf('Behaviour')

export const behaviourSettings = {
  products: setting<readonly Product[] | undefined>({
    placeholder: '<names>',
    fallback: undefined,
    fallbackWords: 'all',
    repeatable: true,
    help: 'Products to serve',
    parse: someProducts
  }),
  fidelity: setting<Readonly<Record<string, Fidelity>>>({
    placeholder: '<[product=]word>',
    fallback: {},
    fallbackWords: 'documented',
    repeatable: true,
    help: '"documented" follows the published documents, "observed" the recorded behaviour of real servers; for all products or for one',
    parse: fidelity
  }),
  accounts: setting({
    placeholder: '<word>',
    fallback: 'listed' as const,
    help: 'Who may log in: "listed" accounts only, or "any" login with any password',
    parse: oneOf('listed', 'any')
  }),
  scenario: setting({
    placeholder: '<file|name|text>',
    fallback: 'default',
    help: 'Scenario: a file, the name of a shipped scenario, or the text itself',
    parse: scenario
  }),
  watch: setting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Reload the scenario file on changes; open sessions are kept',
    parse: trueOrFalse
  }),
  overlay: setting<readonly string[]>({
    placeholder: '<files>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: 'Overlay: file with differences of a real server, applied to the responses',
    parse: paths
  }),
  prefer: setting({
    placeholder: '',
    fallback: true,
    fallbackWords: 'honoured',
    onOff: true,
    help: 'Ignore Prefer headers',
    parse: trueOrFalse
  })
}
