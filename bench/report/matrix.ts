import { bareFastify, sessionMock } from '../contenders/index.js'
import type { MatrixResult, MatrixSample } from '../matrix/measure.js'
import { median, readable } from '../numbers.js'
import { beside } from '../ratios.js'
import { table } from './table.js'

/** A table of all rows for each Node.js: ratios beside bare Fastify, and what was measured of both. */
export const matrices = (results: readonly MatrixResult[]): readonly string[] =>
  [...new Set(results.map(({ node }) => node.version))].map(version => {
    const rows = results.filter(({ node }) => node.version === version)
    return `### Matrix, Node.js ${version}, 32 connections\n\n${table(head, rows.map(cellsOf))}`
  })

const head = [
  'call',
  'requests/s',
  `${bareFastify.name}`,
  `× ${bareFastify.name}`,
  'p99 ms',
  `× ${bareFastify.name}`,
  'processor time, µs',
  `${bareFastify.name}, µs`
]

const cellsOf = ({ row, rows }: MatrixResult): readonly string[] => {
  const cell = (name: string, pick: Pick) => {
    const numbers = (rows.get(name) ?? []).map(pick)
    return numbers.some(Number.isNaN) || numbers.length === 0 ? '–' : readable(median(numbers))
  }
  const ratio = (pick: Pick) => readable(beside(rows, bareFastify.name, pick) ?? Number.NaN)
  const ours = sessionMock('').name
  return [
    row.name,
    cell(ours, perSecond),
    cell(bareFastify.name, perSecond),
    ratio(perSecond),
    cell(ours, p99),
    ratio(p99),
    cell(ours, processorTime),
    cell(bareFastify.name, processorTime)
  ]
}

type Pick = (sample: MatrixSample) => number

const perSecond: Pick = sample => sample.perSecond
const p99: Pick = sample => sample.p99
const processorTime: Pick = sample => sample.processorTime ?? Number.NaN
