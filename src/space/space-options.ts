import { defined } from '../base/collections.js'
import type { Slices } from '../base/slices.js'
import type { Events } from '../journal/events.js'
import type { JournalBudget } from '../journal/journal.js'
import type { AuditedSpace } from '../journal/verdicts.js'
import type { Overlay } from '../overlay/overlay.js'
import type { Why } from '../product/failure.js'
import { isRecord } from '../product/fields.js'
import type { Fidelity, Product } from '../product/product.js'
import type { ProductSettings } from '../scenario/scenario.js'
import type { Account, RecentPasswords } from '../session/accounts.js'
import type { SystemClock } from '../session/clock.js'
import type { WaitGate } from '../session/holds.js'
import type { RandomSource } from '../session/random.js'
import { type Policy, type Session, SessionStore, type SessionStoreOptions } from '../session/session-store.js'
import type { Bounds } from '../session/space-values.js'

/** The dependencies that all spaces of a server share. */
export interface SpaceDeps {
  readonly systemClock: SystemClock
  /** The slices of all long works of the server. */
  readonly slices: Slices
  /** Settings of products from the command line; those of a scenario have precedence. */
  readonly settings: Readonly<Record<string, ProductSettings>>
  /** Any login is accepted, with any password. */
  readonly anyone: boolean
  /** Number of ended sessions that are kept per product. */
  readonly remember: number
  readonly products: readonly Product[]
  /** Number of requests in the journal of each space. */
  readonly journal: number
  /** Bytes of all journals together. */
  readonly journalBudget: JournalBudget
  /** Limits of spaces, sessions and names. */
  readonly bounds: Bounds
  readonly events: Events
  /** The passwords of recent logins to all spaces. */
  readonly passwords: RecentPasswords
  /** `Prefer` headers of requests have effect. */
  readonly prefer: boolean
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
  readonly audit?: Audit | undefined
  /** Recorded answers of real servers, in place of those of the products. */
  readonly overlay?: Overlay | undefined
  /** Clock and random numbers of the space with that name; left out, the real time and real random numbers. */
  readonly runtimeOf?: ((name: string) => SpaceRuntime) | undefined
}

/** Receives a space before its verdicts are lost. */
export interface Audit {
  /** Before a reset, a restore or the removal of the space. */
  onDiscard(space: AuditedSpace): void
  /** Before other rules replace those of the space. */
  onRulesChange(space: AuditedSpace): void
}

/** The connections of a space to the other spaces of its server. */
export interface SpaceHooks {
  readonly onTokenKnown?: (session: Session) => void
  readonly onTokenRestored?: (session: Session) => void
  readonly onTokenForgotten?: (session: Session) => void
  /** Whether the word is the token of a session in another space, in any letter case. */
  readonly isTokenElsewhere?: (word: string) => boolean
  /** The product or the space that issued the token, if it is another one. */
  readonly findTokenOwner: (product: Product, token: string) => Why | undefined
}

/** Clock and random numbers from a log instead of the real ones: the same inputs always make the same space. */
export interface SpaceRuntime {
  readonly systemClock: SystemClock
  readonly random: RandomSource
  /** True between inputs: a reader may change nothing then. */
  readonly isReadOnly: () => boolean
  /** Observes held requests and decides the moment of their end. */
  readonly gate: WaitGate
}

/** The session store of a space, which reports its changes as events and its tokens to the other spaces. */
export const createSessionStore = (
  space: string,
  { remember, bounds, events }: SpaceDeps,
  hooks: SpaceHooks,
  { count, isReadOnly, isReplica }: Pick<SessionStoreOptions, 'count' | 'isReadOnly'> & { readonly isReplica: boolean }
): SessionStore =>
  new SessionStore({
    remember,
    ...defined({ count }),
    most: bounds.limits.sessions,
    onEvict: () => bounds.drop('sessions', space),
    onOpen: session => {
      hooks.onTokenKnown?.(session)
      events.publish(space, { kind: 'session', session, change: 'opened' })
    },
    onEnd: session => events.publish(space, { kind: 'session', session, change: 'ended' }),
    onForget: session => hooks.onTokenForgotten?.(session),
    onRestore: session => hooks.onTokenRestored?.(session),
    isReadOnly,
    // Which session a login evicts must not depend on other spaces in a replica: these are up to date at different times.
    all: isReplica ? { countSessions: change => bounds.countSessions(change) } : bounds
  })

/** Settings of products, by the name of the product. */
type SettingsByProduct = Readonly<Record<string, ProductSettings>>

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
