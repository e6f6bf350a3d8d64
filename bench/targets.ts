import { carriers } from './calls.js'
import { bareFastify, bareHttp, wireMockWithoutJournal } from './contenders.js'
import { empty } from './grown.js'
import { fastify } from './library.js'
import type { Measured } from './load.js'
import { type MatrixRow, type MatrixSample, matrixRows } from './matrix.js'
import type { Part, Results } from './measure.js'
import { bytesOfSession } from './memory.js'
import { imageMajor, runningNode } from './processes.js'
import { median, ratio, readable, verdict } from './rounds.js'

export interface Target {
  readonly part: Part
  readonly name: string
  readonly bound: 'at least' | 'at most'
  readonly limit: number
  /** Beyond this value, noise of the machine is no explanation. */
  readonly lost: number
  /** Follows the number, such as ` ms`. */
  readonly unit: string
  /** Undefined if it was not measured. */
  readonly of: (results: Results) => number | undefined
  /** The short run measures it too. */
  readonly quick: boolean
}

type Of = Target['of']

const target =
  (bound: Target['bound'], quick: boolean) =>
  (part: Part, name: string, limit: number, lost: number, unit: string, of: Target['of']): Target => {
    return { part, name, bound, limit, lost, unit, of, quick }
  }

const [atLeast, atMost] = [target('at least', true), target('at most', true)]
const [atLeastInLong, atMostInLong] = [target('at least', false), target('at most', false)]

const perSecond = ({ perSecond }: Measured) => perSecond
const p99 = ({ p99 }: Measured) => p99
const toHttp = ' × node:http'
const toFastify = ' × bare Fastify'

const ready =
  (asTheImage: boolean): Of =>
  ({ ready = [] }) =>
    ratio(ready.find(each => each.asTheImage === asTheImage)?.rows, bareHttp.name)

const at32 =
  (reference: string, pick: (sample: Measured) => number): Of =>
  ({ throughput = [] }) =>
    ratio(throughput.find(({ connections }) => connections === 32)?.rows, reference, pick)

const matrix =
  (row: MatrixRow, pick: (sample: MatrixSample) => number): Of =>
  ({ matrix = [] }) =>
    ratio(matrix.find(each => each.row === row)?.rows, bareFastify.name, pick)

const grown = (part: Part, what: string, atLeast: ReturnType<typeof target>): readonly Target[] =>
  carriers.map(({ name: carrier }) => {
    const of: Of = ({ grown }) =>
      ratio(grown.find(each => each.what === what && each.carrier === carrier)?.rows, empty, perSecond, what)
    return atLeast(part, `throughput with ${what}, ${carrier}`, 0.9, 0.45, ' × empty', of)
  })

const medianOf = (numbers: readonly number[] | undefined) => (numbers?.length ? median(numbers) : undefined)

const image = `first response, Node.js ${imageMajor}, as in the image`
const withoutJournal = 'throughput, 32 connections, compared with WireMock without its journal'
const heap = 'heap after a million requests, the journal full'

export const targets: readonly Target[] = [
  atMostInLong('ready', image, 1.6, 4.5, toHttp, ready(true)),
  atMost('ready', `first response, Node.js ${runningNode.major}`, 2, 5, toHttp, ready(false)),
  ...matrixRows.flatMap(row => [
    target('at least', row.quick)('matrix', row.name, row.isXml ? 0.7 : 0.8, 0.15, toFastify, matrix(row, perSecond)),
    target('at most', row.quick)('matrix', `p99 of ${row.name}`, 2, 15, toFastify, matrix(row, p99))
  ]),
  atLeast('throughput', 'throughput, 32 connections', 0.8, 0.15, toFastify, at32(bareFastify.name, perSecond)),
  atLeastInLong('throughput', withoutJournal, 5, 0.3, ' × WireMock', at32(wireMockWithoutJournal.name, perSecond)),
  atMost('throughput', 'p99, 32 connections', 2, 15, toFastify, at32(bareFastify.name, p99)),
  ...grown('rules', '300 rules', atLeast),
  ...grown('spaces', '1,000 spaces', atLeastInLong),
  ...grown('sessions', 'a million open sessions', atLeastInLong),
  atMost('memory', 'memory when idle', 1.3, 2.6, toFastify, ({ idle }) => ratio(idle, bareFastify.name)),
  atMostInLong('memory', 'a million open sessions', 500, 1000, ' bytes each', ({ sessionMemory }) => {
    return sessionMemory && bytesOfSession(sessionMemory)
  }),
  atMostInLong('memory', heap, 1.1, 2.2, ' × after 100,000', ({ journalMemory }) => {
    return journalMemory && journalMemory.to.memory.heapUsed / journalMemory.from.memory.heapUsed
  }),
  atMostInLong('memory', 'a row of the journal, of a repeated call', 400, 1200, ' bytes', ({ journalRows }) => {
    return journalRows?.repeated
  }),
  atMostInLong('memory', 'a row of the journal, with a body of 1 KB', 3000, 9000, ' bytes', ({ journalRows }) => {
    return journalRows?.withBody
  }),
  atMost('library', 'import and first start()', 1.5, 4.5, ' × importing Fastify', ({ library }) => {
    return ratio(library?.importAndStart, fastify)
  }),
  atMost('library', 'the first start() after the import', 20, 250, ' ms', ({ library }) =>
    medianOf(library?.firstStart)
  ),
  atMost('library', 'reset', 1, 20, ' ms', ({ library }) => medianOf(library?.reset)),
  atMost('library', 'a new space', 0.1, 2, ' ms', ({ library }) => {
    return library && median(library.newSpace) - median(library.sameSpace)
  }),
  atMost('stop', 'stop with 100 idle connections', 100, 1000, ' ms', ({ stop }) => medianOf(stop))
]

export const isMet = ({ bound, limit }: Target, value: number): boolean =>
  bound === 'at least' ? value >= limit : value <= limit

/** Missed by more than noise explains, or not measured. */
export const isLost = ({ bound, lost, of }: Target, results: Results): boolean => {
  const value = of(results)
  return value === undefined || (bound === 'at least' ? value < lost : value > lost)
}

/** Such as `ok - throughput, 32 connections: 0.83 × bare Fastify (target at least 0.8)`. */
export const targetLine = (target: Target, results: Results): string => {
  const { name, unit, bound, limit, of } = target
  const value = of(results)
  if (value === undefined) return verdict(false, `${name}: could not be measured`)
  const short = isMet(target, value) ? '' : 'short of the '
  return verdict(!isLost(target, results), `${name}: ${readable(value)}${unit} (${short}target ${bound} ${limit})`)
}
