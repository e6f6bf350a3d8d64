import { getOrCreate } from '../../base/get-or-create.js'
import { eachInSlices, type Slices } from '../../base/in-slices.js'
import type { Session } from '../../session/sessions.js'

/** How often a rule matched, and how often it was applied. */
export interface RuleCounts {
  matched: number
  played: number
  /** End of a rule with `for`, in Unix milliseconds by the space's clock; absent before its first application. */
  until?: number
}

/** The counts of a rule for one session. */
export interface SessionCounts extends Readonly<RuleCounts> {
  /** The number of the session, and that of the rule. */
  readonly session: number
  readonly rule: number
}

type CountsByRule = Map<number, RuleCounts>

/** The counts of rules for each session. */
export class CountsBySession {
  #bySession = new WeakMap<Session, CountsByRule>()
  readonly #views = new Set<CountsView>()

  /** The counts of a rule for a session, which the caller is about to change. */
  of(session: Session, rule: number): RuleCounts {
    for (const view of this.#views) view.keep(session, this.#bySession.get(session))
    const byRule = getOrCreate(this.#bySession, session, () => new Map<number, RuleCounts>())
    return getOrCreate(byRule, rule, () => ({ matched: 0, played: 0 }))
  }

  /** The counts as they are at this moment, for a reader that takes its time; `end` has to be called after it. */
  view(): CountsView {
    const view = new CountsView(
      session => this.#bySession.get(session),
      () => this.#views.delete(view)
    )
    this.#views.add(view)
    return view
  }

  /** Goes on with these counts, which are its own from then on. */
  restore(counts: WeakMap<Session, CountsByRule>): void {
    this.#bySession = counts
  }
}

/** The counts at one moment. */
export class CountsView {
  /** Of sessions whose counts have changed since. */
  readonly #before = new Map<Session, readonly SessionCounts[]>()
  readonly #current: (session: Session) => CountsByRule | undefined

  constructor(
    current: (session: Session) => CountsByRule | undefined,
    readonly end: () => void
  ) {
    this.#current = current
  }

  /** The counts of the session are about to change. */
  keep(session: Session, counts: CountsByRule | undefined): void {
    if (!this.#before.has(session)) this.#before.set(session, listCounts(session, counts))
  }

  of(session: Session): readonly SessionCounts[] {
    return this.#before.get(session) ?? listCounts(session, this.#current(session))
  }
}

const listCounts = ({ number }: Session, byRule: CountsByRule | undefined): SessionCounts[] =>
  Array.from(byRule ?? [], ([rule, counts]) => ({ session: number, rule, ...counts }))

/** Counts of a state, by its sessions. */
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
