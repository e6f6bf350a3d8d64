import { getOrCreate } from '../../base/get-or-create.js'
import type { Call, Operation } from '../../product/product.js'
import type { Rule } from './rule.js'

/** The rules of a scenario by operation and login, so that a call is only matched with rules that can apply. */
export class RuleIndex {
  readonly #rules: readonly Rule[]
  readonly #byOperation = new Map<Operation, OperationRules>()

  constructor(rules: readonly Rule[]) {
    this.#rules = rules
  }

  /** The rules of the operation, indexed at its first call. */
  of({ product, operation }: Call): OperationRules {
    if (!operation) return none
    const known = this.#byOperation.get(operation)
    if (known) return known
    const matching = this.#rules.filter(({ on }) => on.has(`${product.name}.${operation.name}`))
    const created = new OperationRules(matching, product.accounts.caseInsensitive ?? false)
    this.#byOperation.set(operation, created)
    return created
  }
}

/** The rules of one operation. */
export class OperationRules {
  /** Rules for all logins. */
  readonly #others: readonly Rule[]
  /** For each login with own rules, these and the rules for all logins, in the order of the scenario. */
  readonly #byLogin = new Map<string, readonly Rule[]>()
  readonly #caseInsensitive: boolean

  /** `caseInsensitive`: the product ignores the case of logins. */
  constructor(
    readonly all: readonly Rule[],
    caseInsensitive: boolean
  ) {
    this.#caseInsensitive = caseInsensitive
    this.#others = all.filter(({ login }) => login === undefined)
    for (const rule of all) {
      if (rule.login === undefined) continue
      const key = this.#key(rule.login)
      const together = [...(this.#byLogin.get(key) ?? this.#others), rule]
      this.#byLogin.set(
        key,
        together.sort((a, b) => a.number - b.number)
      )
    }
  }

  /** The rules that can match this login, or a call without a login. */
  for(login: string | undefined): readonly Rule[] {
    if (login === undefined) return this.#others
    return this.#byLogin.get(this.#caseInsensitive ? login.toLowerCase() : login) ?? this.#others
  }

  #key(login: string): string {
    return this.#caseInsensitive ? login.toLowerCase() : login
  }
}

const none = new OperationRules([], false)

const indexes = new WeakMap<readonly Rule[], RuleIndex>()

/** The index of these rules: one for all spaces with the same scenario. */
export const ruleIndexOf = (rules: readonly Rule[]): RuleIndex =>
  getOrCreate(indexes, rules, () => new RuleIndex(rules))
