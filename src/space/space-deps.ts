import type { Slices } from '../base/in-slices.js'
import type { AuditedSpace } from '../journal/audit.js'
import type { Events } from '../journal/events.js'
import type { JournalBudget } from '../journal/journal-budget.js'
import type { Overlay } from '../overlay/overlay.js'
import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import type { ProductSettings } from '../scenario/scenario.js'
import type { Session } from '../session/sessions.js'
import type { Bounds } from '../state/bounds.js'
import type { SystemClock } from '../state/clock.js'
import type { RecentPasswords } from '../state/secrets.js'
import type { SpaceRuntime } from './space-runtime.js'

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
