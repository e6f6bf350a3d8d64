import type { Call } from '../call.js'
import { kept } from '../kept.js'
import type { Session, Standing } from '../sessions.js'
import { andThen, type Soon } from '../soon.js'
import { isDue } from './calls.js'
import type { Rule } from './rule.js'
import { indexed, type RuleIndex } from './rule-index.js'
import { type Draw, Turn } from './turn.js'
import { accountOf, loginOf, type Seen } from './when.js'

/** How often a rule matched, and how often it played. */
export interface Tally {
  matched: number
  played: number
  /** When a rule that lasts is over, in Unix milliseconds by the space's clock; not there before it has played. */
  until?: number
}

interface Due {
  readonly rule: Rule
  readonly draw: Draw
}

/** A story as one space lives it: which rules are due on a call, and what they have counted. */
export class Play {
  readonly rules: readonly Rule[]
  readonly #index: RuleIndex
  readonly #totals: Tally[]
  readonly #bySession = new WeakMap<Session, Map<Rule, Tally>>()
  readonly #byLogin = new Map<string, Tally>()
  readonly #began: number

  /** `began` is when the story began, by the space's clock. */
  constructor(rules: readonly Rule[], began: number) {
    this.rules = rules
    this.#began = began
    this.#totals = rules.map(() => ({ matched: 0, played: 0 }))
    this.#index = indexed(rules)
  }

  tally(rule: Rule): Readonly<Tally> {
    return this.#total(rule)
  }

  /** What the rules make of this call, or undefined where none plays. `gone` tells when the client has gone, `asked` is what the request asks. */
  on(call: Call, gone: () => AbortSignal, asked?: Rule): Soon<Turn | undefined> {
    const rules = this.#index.of(call)
    if (rules.all.length === 0 && !asked) return undefined
    const { space, product, token } = call
    return andThen(token === undefined ? nobody : space.sessions.look(product.name, token, call.at), standing => {
      const seen = { call, standing }
      const due = this.#due(rules.for(loginOf(seen)), seen, asked)
      return due.length === 0 ? undefined : play(new Turn(call, gone(), standing), due)
    })
  }

  /**
   * The rules that play on this call. All are matched and counted in one step as the call arrives, so that no other call
   * comes between; those after one that decides are counted, but do not play. What the request asks comes first.
   */
  #due(rules: readonly Rule[], seen: Seen, asked: Rule | undefined): Due[] {
    const due: Due[] = asked ? [{ rule: asked, draw: { purpose: asked.title, count: 1 } }] : []
    let decided = asked?.decides ?? false
    for (const rule of rules) {
      const draw = this.#matches(rule, seen) ? this.#count(rule, seen, !decided) : undefined
      if (!draw) continue
      due.push({ rule, draw })
      decided ||= rule.decides
    }
    return due
  }

  #matches({ calls, conditions }: Rule, seen: Seen): boolean {
    const since = seen.call.at - this.#began
    // A clock that was set back stands before the beginning; what has no beginning of its own plays there too.
    const within = (calls.from === 0 || since >= calls.from) && since < calls.until
    return within && conditions.every(holds => holds(seen))
  }

  /** Counts a matching call; the answer is what to draw by, if the rule plays on it. */
  #count(rule: Rule, seen: Seen, free: boolean): Draw | undefined {
    const lane = laneOf(rule, seen)
    if (lane === undefined) return undefined
    const tally = this.#tallyOf(rule, lane)
    tally.matched += 1
    const draw = {
      purpose: `rule ${rule.number} ${typeof lane === 'string' ? lane : lane.token}`,
      count: tally.matched
    }
    if (tally !== this.#total(rule)) this.#total(rule).matched += 1
    if (!free || !isPlaying(rule, tally, draw, seen)) return undefined
    this.#played(rule, tally, seen.call.at)
    return draw
  }

  #played({ number, calls }: Rule, tally: Tally, at: number): void {
    const total = this.#totals[number - 1]
    for (const each of total && total !== tally ? [tally, total] : [tally]) each.played += 1
    if (calls.lasts === undefined || tally.until !== undefined) return
    tally.until = at + calls.lasts
    if (total) total.until = Math.max(tally.until, total.until ?? 0)
  }

  #total(rule: Rule): Tally {
    return this.#totals[rule.number - 1] ?? { matched: 0, played: 0 }
  }

  #tallyOf(rule: Rule, lane: string | Session): Tally {
    if (rule.calls.per === 'rule') return this.#total(rule)
    if (typeof lane === 'string') return kept(this.#byLogin, `${rule.number} ${lane}`, zero)
    const byRule = kept(this.#bySession, lane, () => new Map<Rule, Tally>())
    return kept(byRule, rule, zero)
  }
}

/** Plays the rules that are due, one effect after the other, as long as there is a client. */
const play = async (turn: Turn, due: readonly Due[]): Promise<Turn> => {
  for (const { rule, draw } of due) {
    if (turn.gone.aborted) break
    turn.played.push(rule)
    for (const [index, { effect, value }] of rule.steps.entries())
      await effect.play(value, turn, { rule, draw: { ...draw, purpose: `${draw.purpose} step ${index + 1}` } })
  }
  return turn
}

/** Whom the call is counted for; undefined where there is nobody, and the rule passes it by. */
const laneOf = ({ calls }: Rule, seen: Seen): string | Session | undefined => {
  if (calls.per === 'rule') return ''
  if (calls.per === 'login') return accountOf(seen)
  return seen.standing.is === 'unknown' ? undefined : seen.standing.session
}

/** A rule that lasts has begun with the first call that it played on; from there on its time alone decides. */
const isPlaying = (rule: Rule, tally: Tally, draw: Draw, seen: Seen): boolean => {
  if (tally.played >= rule.calls.times) return false
  if (tally.until !== undefined) return seen.call.at < tally.until
  return isDue(rule.calls, tally.matched) && isLucky(rule, draw, seen)
}

const isLucky = ({ calls }: Rule, { purpose, count }: Draw, { call }: Seen): boolean =>
  calls.chance === 1 || call.space.random.fraction(`${purpose} chance`, count) < calls.chance

const nobody: Standing = { is: 'unknown' }

const zero = (): Tally => ({ matched: 0, played: 0 })
