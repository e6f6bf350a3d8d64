import { getOrCreate } from '../../base/get-or-create.js'
import { eachInSlices, type Slices } from '../../base/in-slices.js'
import type { Session } from '../../session/sessions.js'

/** Numbers of matches and applications of a rule. */
export interface RuleCounts {
  matched: number
  played: number
  /** End of a rule with `for`, in Unix milliseconds by the space's clock; absent before its first application. */
  until?: number
}

/** The counts of a rule for one session. */
export interface SessionCounts extends Readonly<RuleCounts> {
  /** The number of the session. */
  readonly session: number
  /** The number of the rule. */
  readonly rule: number
}

type CountsByRule = Map<number, RuleCounts>

/** The counts of rules for each session. */
export class CountsBySession {
  #bySession = new WeakMap<Session, CountsByRule>()
  readonly #views = new Set<CountsView>()

  /** The counts of a rule for a session, for a change. */
  of(session: Session, rule: number): RuleCounts {
    for (const view of this.#views) view.keep(session, this.#bySession.get(session))
    const byRule = getOrCreate(this.#bySession, session, () => new Map<number, RuleCounts>())
    return getOrCreate(byRule, rule, () => ({ matched: 0, played: 0 }))
  }

  /** A view of the current counts that later changes leave alone, for a reader in slices of time. Call its `end` afterwards. */
  view(): CountsView {
    const view = new CountsView(
      session => this.#bySession.get(session),
      () => this.#views.delete(view)
    )
    this.#views.add(view)
    return view
  }

  /** Takes over these counts. */
  restore(counts: WeakMap<Session, CountsByRule>): void {
    this.#bySession = counts
  }
}

/** The counts of one moment. */
export class CountsView {
  /** The counts of sessions with later changes. */
  readonly #before = new Map<Session, readonly SessionCounts[]>()
  readonly #current: (session: Session) => CountsByRule | undefined

  constructor(
    current: (session: Session) => CountsByRule | undefined,
    readonly end: () => void
  ) {
    this.#current = current
  }

  /** Keeps the counts of a session before a change. */
  keep(session: Session, counts: CountsByRule | undefined): void {
    if (!this.#before.has(session)) this.#before.set(session, listCounts(session, counts))
  }

  of(session: Session): readonly SessionCounts[] {
    return this.#before.get(session) ?? listCounts(session, this.#current(session))
  }
}

const listCounts = ({ number }: Session, byRule: CountsByRule | undefined): SessionCounts[] =>
  Array.from(byRule ?? [], ([rule, counts]) => ({ session: number, rule, ...counts }))

/** The counts of a snapshot, by the session objects of its lists. */
export const prepareCounts = async (
  counts: readonly SessionCounts[],
  lists: readonly (readonly Session[])[],
  slices: Slices
): Promise<WeakMap<Session, CountsByRule>> => {
  const bySession = new WeakMap<Session, CountsByRule>()
  if (counts.length === 0) return bySession
  const byNumber = new Map<number, CountsByRule>()
  await eachInSlices(counts, slices, ({ session, rule, ...own }) =>
    getOrCreate(byNumber, session, () => new Map<number, RuleCounts>()).set(rule, own)
  )
  for (const sessions of lists)
    await eachInSlices(sessions, slices, session => {
      const byRule = byNumber.get(session.number)
      if (byRule) bySession.set(session, byRule)
    })
  return bySession
}
