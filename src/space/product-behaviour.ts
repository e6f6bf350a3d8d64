import { isRecord } from '../kit/fields.js'
import type { Fidelity, Product } from '../product/product.js'
import type { ProductSettings } from '../scenario/scenario.js'
import type { Policy } from '../session/sessions.js'
import type { Account } from '../state/accounts.js'

/** Settings of products, by the name of the product. */
export type SettingsByProduct = Readonly<Record<string, ProductSettings>>

/** The behaviour of a product in a scenario. */
export class ProductBehaviour {
  readonly #accountData = new WeakMap<Account, object>()

  constructor(
    readonly product: Product,
    readonly fidelity: Fidelity,
    readonly policy: Policy
  ) {}

  /** The defaults of the product with the properties of the scenario; of a listed account always the same object. */
  accountData(account: Account): object {
    const known = this.#accountData.get(account)
    if (known) return known
    const { name, accounts } = this.product
    const properties = account.parts[name]
    const data = { ...accounts.defaults(account), ...(isRecord(properties) && properties) }
    if (account.isListed) this.#accountData.set(account, data)
    return data
  }
}

/** The behaviour of each product in a scenario. Computed once, as every request needs it. */
export class ProductBehaviours {
  readonly #known = new Map<Product, ProductBehaviour>()

  /** A setting of the scenario has precedence over one of the command line. */
  constructor(
    readonly scenario: SettingsByProduct,
    readonly commandLine: SettingsByProduct
  ) {}

  of(product: Product): ProductBehaviour {
    const known = this.#known.get(product)
    if (known) return known
    const fidelity = this.setting(product.name, 'fidelity') ?? 'documented'
    const behaviour = new ProductBehaviour(product, fidelity, this.#policyUnder(fidelity, product))
    this.#known.set(product, behaviour)
    return behaviour
  }

  setting<Key extends keyof ProductSettings>(product: string, key: Key): ProductSettings[Key] {
    return this.scenario[product]?.[key] ?? this.commandLine[product]?.[key]
  }

  /** A numeric setting of this product alone. */
  number(product: string, key: string): number | undefined {
    const value = this.scenario[product]?.[key]
    return typeof value === 'number' ? value : undefined
  }

  #policyUnder(fidelity: Fidelity, product: Product): Policy {
    const { policy, observed } = product.sessions
    const { idle, lifetime, renewed, limit, pinned } = fidelity === 'observed' ? { ...policy, ...observed } : policy
    return {
      idle: this.setting(product.name, 'idle') ?? idle,
      lifetime: this.setting(product.name, 'lifetime') ?? lifetime,
      limit: this.setting(product.name, 'limit') ?? limit ?? Number.POSITIVE_INFINITY,
      renewed,
      pinned: pinned ?? false
    }
  }
}
