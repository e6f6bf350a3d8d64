import type { Outcome, PlayedRule, Row } from './page-types.js'

/** The fields of a request in the list. Headers and bodies, which can be large, are stored separately. */
export interface Summary {
  readonly key: string
  readonly number: number
  readonly space: string
  /** By the clock of the space and by the system clock, in Unix milliseconds. */
  readonly at: number
  readonly wall: number
  readonly product: string | undefined
  readonly operation: string | undefined
  readonly login: string | undefined
  readonly session: string | undefined
  readonly method: string
  readonly path: string
  readonly outcome: Outcome
  /** HTTP status; `—` if a rule broke the connection or the client closed it: there was no such response. */
  readonly status: string
  readonly fault: string | undefined
  readonly why: string | undefined
  readonly rules: readonly PlayedRule[]
  /** The searchable text, in lower case. */
  readonly text: string
}

export const keyOf = ({ space, number }: Pick<Row, 'space' | 'number'>): string => `${space}#${number}`

/** A common key of a session and its requests. */
export const sessionKeyOf = ({
  space,
  product,
  session,
  token
}: {
  space: string
  product: string | undefined
  session?: string | undefined
  token?: string
}): string => `${space}|${product ?? ''}|${session ?? token ?? ''}`

/** Whether the client got the response of the row: no rule broke the connection, and the client waited for it. */
export const hasResponse = ({ fault, outcome }: Pick<Row, 'fault' | 'outcome'>): boolean =>
  fault === undefined && outcome !== 'left'

export const summaryOf = (row: Row): Summary => {
  const { number, space, product, operation, login, session, method, path, outcome, fault, rules } = row
  const status = hasResponse(row) ? String(row.status) : '—'
  const why = row.why?.words ?? (fault === undefined ? undefined : `the connection was broken: ${fault}`)
  const words = [
    number,
    space,
    product,
    operation,
    login,
    row.token,
    session,
    method,
    path,
    outcome,
    status,
    row.failure,
    why
  ]
  return {
    key: keyOf(row),
    number,
    space,
    at: Date.parse(row.at),
    wall: Date.parse(row.wall),
    product,
    operation,
    login,
    session,
    method,
    path,
    outcome,
    status,
    fault,
    why,
    rules,
    text: [...words, ...rules.flatMap(({ rule, sentence }) => [rule, sentence])].join(' ').slice(0, 2000).toLowerCase()
  }
}

/** The latest requests in order of arrival, up to `limit`. */
export class Rows {
  #list: Summary[] = []
  readonly #details = new Map<string, Row>()
  #keys = new Set<string>()
  #characters = 0
  /** Incremented by each change. */
  version = 0
  /** Number of rows dropped because of the limit. */
  dropped = 0

  /** `maxCharacters`: limit of headers and bodies; the rest is loaded from the server when a request is opened. */
  constructor(
    readonly limit = 10_000,
    readonly maxCharacters = 8_000_000
  ) {}

  get list(): readonly Summary[] {
    return this.#list
  }

  detail(key: string): Row | undefined {
    return this.#details.get(key)
  }

  add(row: Row): void {
    const summary = summaryOf(row)
    if (this.#keys.has(summary.key)) return
    this.#keys.add(summary.key)
    let at = this.#list.length
    for (let last = this.#list[at - 1]; last && byArrival(last, summary) > 0; last = this.#list[at - 1]) at -= 1
    this.#list.splice(at, 0, summary)
    if (this.#list.length > this.limit * 1.1) this.#drop(this.#list.length - this.limit)
    this.keepDetail(row)
    this.version += 1
  }

  /** Adds many rows, in any order. */
  addAll(rows: readonly Row[]): void {
    const fresh = rows.filter(row => !this.#keys.has(keyOf(row)))
    for (const row of fresh) {
      this.#keys.add(keyOf(row))
      this.#list.push(summaryOf(row))
    }
    this.#list.sort(byArrival)
    if (this.#list.length > this.limit) this.#drop(this.#list.length - this.limit)
    for (const row of fresh) this.keepDetail(row)
    this.version += 1
  }

  keepDetail(row: Row): void {
    this.#details.set(keyOf(row), row)
    this.#characters += sizeOf(row)
    for (const [key, oldest] of this.#details) {
      if (this.#characters <= this.maxCharacters || this.#details.size === 1) return
      this.#details.delete(key)
      this.#characters -= sizeOf(oldest)
    }
  }

  /** Removes the rows of a space, or all. */
  clear(space?: string): void {
    const rest = space === undefined ? [] : this.#list.filter(row => row.space !== space)
    for (const [key, row] of this.#details) {
      if (space !== undefined && row.space !== space) continue
      this.#details.delete(key)
      this.#characters -= sizeOf(row)
    }
    this.#list = rest
    this.dropped = 0
    this.#keys = new Set(rest.map(({ key }) => key))
    this.version += 1
  }

  #drop(count: number): void {
    for (const { key } of this.#list.splice(0, count)) this.#keys.delete(key)
    this.dropped += count
  }
}

const byArrival = (a: Summary, b: Summary): number => a.wall - b.wall || a.number - b.number

const sizeOf = ({ request, answer }: Row): number =>
  1000 + (request.body?.length ?? 0) + (answer.body?.length ?? 0) + request.line.length

export interface RowFilter {
  readonly text: string
  readonly product: string
  readonly outcome: string
}

export const matchesFilter = ({ text, product, outcome }: RowFilter): ((row: Summary) => boolean) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return row =>
    (product === '' || (row.product ?? '') === product) &&
    (outcome === '' || row.outcome === outcome) &&
    words.every(word => row.text.includes(word))
}
