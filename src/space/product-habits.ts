import type { Fidelity, Product } from '../product/product.js'
import type { ProductSettings } from '../scenario/scenario.js'
import type { Policy } from '../session/sessions.js'

/** Settings of products, by the name of the product. */
export type SettingsByProduct = Readonly<Record<string, ProductSettings>>

/** How a product behaves in a scenario. */
export interface ProductHabits {
  readonly fidelity: Fidelity
  readonly policy: Policy
}

/** The behaviour of all products in one scenario: read once for each product, as every call needs it. */
export class HabitsOfProducts {
  readonly #known = new Map<Product, ProductHabits>()

  /** A setting of the scenario has precedence over one of the command line. */
  constructor(
    readonly scenario: SettingsByProduct,
    readonly commandLine: SettingsByProduct
  ) {}

  of(product: Product): ProductHabits {
    const known = this.#known.get(product)
    if (known) return known
    const fidelity = this.setting(product.name, 'fidelity') ?? 'documented'
    const habits = { fidelity, policy: this.#policyUnder(fidelity, product) }
    this.#known.set(product, habits)
    return habits
  }

  setting<Key extends keyof ProductSettings>(product: string, key: Key): ProductSettings[Key] {
    return this.scenario[product]?.[key] ?? this.commandLine[product]?.[key]
  }

  /** A number that only this product has a setting for. */
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
