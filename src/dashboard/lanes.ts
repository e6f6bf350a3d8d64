import type { Model, Window } from './model.js'
import type { Outcome, Session } from './page-types.js'
import { type Summary, sessionKeyOf } from './rows.js'

/** One or more requests at one position. */
export interface Mark {
  /** Position, in percent of the width. */
  readonly left: number
  readonly outcome: Outcome
  readonly count: number
  readonly last: Summary
}

export interface Lane {
  /** Differs also for sessions with the same token, one after the other. */
  readonly id: string
  /** The common key of a session and its requests. */
  readonly key: string
  readonly session: Session
  readonly isOpen: boolean
  /** Start and end in percent of the width; possibly outside of the visible range. */
  readonly from: number
  readonly to: number
  /** Expiry of an open session, in percent of the width. */
  readonly expires: number | undefined
  /** Remaining milliseconds. */
  readonly left: number | undefined
  readonly marks: readonly Mark[]
}

export interface LaneLayout {
  readonly lanes: readonly Lane[]
  /** Current time, in percent of the width. */
  readonly now: number
  /** Milliseconds from now, with the position. */
  readonly ticks: readonly { readonly at: number; readonly left: number }[]
}

/** Maximum number of lanes. */
const maxLanes = 200
/** Number of distinguishable positions in a lane. */
const buckets = 160

/** The sessions over time. Times are relative to the current time of each space, as each has its own clock. */
export const layoutLanes = (model: Model, window: Window): LaneLayout => {
  const now = createNow(model)
  const sessions = [...model.open]
    .reverse()
    .concat([...model.ended].reverse())
    .slice(0, maxLanes)
  const requests = requestsBySession(model.rows.list)
  const span = window ?? Math.max(10_000, ...sessions.map(({ space, openedAt }) => now(space) - Date.parse(openedAt)))
  const start = -span * 1.03
  const width = span * 1.25
  const place = (ms: number) => ((ms - start) / width) * 100
  return {
    lanes: sessions.map(session =>
      laneOf(session, requests.get(sessionKeyOf(session)) ?? [], now(session.space), place)
    ),
    now: place(0),
    ticks: ticksOf(start, start + width).map(at => ({ at, left: place(at) }))
  }
}

const createNow = (model: Model): ((space: string) => number) => {
  const known = new Map<string, number>()
  return space => {
    const now = known.get(space) ?? model.nowOf(space)
    known.set(space, now)
    return now
  }
}

const requestsBySession = (rows: readonly Summary[]): Map<string, Summary[]> => {
  const found = new Map<string, Summary[]>()
  for (const row of rows) {
    if (row.session === undefined) continue
    const key = sessionKeyOf(row)
    const list = found.get(key)
    if (list) list.push(row)
    else found.set(key, [row])
  }
  return found
}

const laneOf = (session: Session, requests: readonly Summary[], now: number, place: (ms: number) => number): Lane => {
  const isOpen = session.endedAt === undefined
  const expires = session.expiresAt === undefined ? undefined : Date.parse(session.expiresAt)
  return {
    id: `${sessionKeyOf(session)} ${session.openedAt}`,
    key: sessionKeyOf(session),
    session,
    isOpen,
    from: place(Date.parse(session.openedAt) - now),
    to: isOpen ? place(0) : place(Date.parse(session.endedAt ?? '') - now),
    expires: expires === undefined ? undefined : place(expires - now),
    left: expires === undefined ? undefined : expires - now,
    marks: marksOf(requests, now, place)
  }
}

const worst: readonly Outcome[] = ['success', 'unmatched', 'left', 'refused', 'broken']

const marksOf = (requests: readonly Summary[], now: number, place: (ms: number) => number): Mark[] => {
  const marks = new Map<number, Mark>()
  for (const row of requests) {
    const left = place(row.at - now)
    if (left < 0 || left > 100) continue
    const bucket = Math.round((left / 100) * buckets)
    const mark = marks.get(bucket)
    const outcome = mark && worst.indexOf(mark.outcome) > worst.indexOf(row.outcome) ? mark.outcome : row.outcome
    marks.set(bucket, { left: (bucket / buckets) * 100, outcome, count: (mark?.count ?? 0) + 1, last: row })
  }
  return [...marks.values()]
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].map(s => s * 1000)

/** About six round times. */
const ticksOf = (start: number, end: number): number[] => {
  const step = steps.find(each => (end - start) / each <= 8) ?? Math.ceil((end - start) / 8 / 86_400_000) * 86_400_000
  const first = Math.ceil(start / step) * step
  return Array.from({ length: Math.max(0, Math.floor((end - first) / step) + 1) }, (_, index) => first + index * step)
}
