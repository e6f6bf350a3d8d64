import type { Outcome, PlayedRule, Row } from './shapes.js'

/** What a list shows of a request; its headers and bodies are kept apart, as they can be large. */
export interface Summary {
  readonly key: string
  readonly number: number
  readonly space: string
  /** By the space's clock and by the real time, Unix milliseconds. */
  readonly at: number
  readonly wall: number
  readonly product: string | undefined
  readonly operation: string | undefined
  readonly login: string | undefined
  readonly session: string | undefined
  readonly method: string
  readonly path: string
  readonly outcome: Outcome
  readonly status: number
  readonly why: string | undefined
  readonly rules: readonly PlayedRule[]
  /** All that a search looks at, in lower case. */
  readonly text: string
}

export const keyOf = ({ space, number }: Pick<Row, 'space' | 'number'>): string => `${space}#${number}`

/** One key for a session and its requests. */
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

export const summaryOf = (row: Row): Summary => {
  const { number, space, product, operation, login, session, method, path, outcome, status, rules } = row
  const why = row.why?.words ?? (row.fault === undefined ? undefined : `the connection was broken: ${row.fault}`)
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
    why,
    rules,
    text: [...words, ...rules.flatMap(({ rule, sentence }) => [rule, sentence])].join(' ').slice(0, 2000).toLowerCase()
  }
}

/** The last requests, in the order in which they came: of more than `most` the oldest make room. */
export class Rows {
  #list: Summary[] = []
  readonly #details = new Map<string, Row>()
  #keys = new Set<string>()
  #characters = 0
  /** Grows with each change. */
  version = 0

  /** `mostCharacters`: of headers and bodies; what is over is asked of the server when it is opened. */
  constructor(
    readonly most = 10_000,
    readonly mostCharacters = 8_000_000
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
    if (this.#list.length > this.most * 1.1) this.#drop(this.#list.length - this.most)
    this.keepDetail(row)
    this.version += 1
  }

  /** Many at once, in any order. */
  addAll(rows: readonly Row[]): void {
    const fresh = rows.filter(row => !this.#keys.has(keyOf(row)))
    for (const row of fresh) {
      this.#keys.add(keyOf(row))
      this.#list.push(summaryOf(row))
    }
    this.#list.sort(byArrival)
    if (this.#list.length > this.most) this.#drop(this.#list.length - this.most)
    for (const row of fresh) this.keepDetail(row)
    this.version += 1
  }

  keepDetail(row: Row): void {
    this.#details.set(keyOf(row), row)
    this.#characters += sizeOf(row)
    for (const [key, oldest] of this.#details) {
      if (this.#characters <= this.mostCharacters || this.#details.size === 1) return
      this.#details.delete(key)
      this.#characters -= sizeOf(oldest)
    }
  }

  /** Forgets those of a space, or all. */
  clear(space?: string): void {
    const rest = space === undefined ? [] : this.#list.filter(row => row.space !== space)
    for (const [key, row] of this.#details) {
      if (space !== undefined && row.space !== space) continue
      this.#details.delete(key)
      this.#characters -= sizeOf(row)
    }
    this.#list = rest
    this.#keys = new Set(rest.map(({ key }) => key))
    this.version += 1
  }

  #drop(count: number): void {
    for (const { key } of this.#list.splice(0, count)) this.#keys.delete(key)
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
