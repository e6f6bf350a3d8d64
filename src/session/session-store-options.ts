import type { Session } from './session.js'

export interface SessionStoreOptions {
  /** Maximum number of kept ended sessions per product; the oldest are dropped first. */
  readonly remember: number
  /** Maximum number of open sessions of all products; beyond it, a long idle one is evicted. By default unlimited. */
  readonly most?: number
  /** Increments a counter, and returns its value from 1: numbers the sessions of each account. */
  readonly count?: (name: string) => number
  /** Counts the open sessions of all stores. With their number, `most` is a limit of all; else of this store. */
  readonly all?: { readonly openSessions?: number; countSessions(change: number): void }
  readonly onOpen?: (session: Session) => void
  readonly onEnd?: (session: Session) => void
  /** Called for each session that is dropped from the store. */
  readonly onForget?: (session: Session) => void
  /** Called for each restored session, open or ended. */
  readonly onRestore?: (session: Session) => void
  /** Called for each session evicted by the limit. */
  readonly onEvict?: () => void
  /** Whether reads may change nothing now: overdue sessions are then reported as ended, but not moved to the ended ones. */
  readonly isReadOnly?: (() => boolean) | undefined
  /** Maximum number of open sessions whose end is checked by a count; default 10,000. */
  readonly checkedByCount?: number
}
