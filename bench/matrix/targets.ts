import { bareFastify } from '../contenders/index.js'
import { imageMajor, runningNode } from '../nodes.js'
import { beside } from '../ratios.js'
import type { Results } from '../results.js'
import type { Target } from '../targets.js'
import type { MatrixResult, MatrixSample } from './measure.js'
import { type MatrixRow, matrixRows } from './rows.js'

const majors = [...new Set([runningNode.major, imageMajor])]

const throughputOf = (row: MatrixRow, major: number): Target => ({
  part: 'matrix',
  name: `${row.name}, Node.js ${major}`,
  bound: 'at least',
  limit: row.isXml ? 0.7 : 0.8,
  lost: 0.15,
  unit: ' × bare Fastify',
  of: results => ratioOf(resultOf(results, row, major), ({ perSecond }) => perSecond),
  ...quickOf(row, major)
})

const p99Of = (row: MatrixRow, major: number): Target => ({
  part: 'matrix',
  name: `p99 of ${row.name}, Node.js ${major}`,
  bound: 'at most',
  limit: 2,
  lost: 15,
  unit: ' × bare Fastify',
  of: results => ratioOf(resultOf(results, row, major), ({ p99 }) => p99),
  ...quickOf(row, major)
})

const quickOf = ({ quick }: MatrixRow, major: number): Pick<Target, 'quick'> =>
  quick && major === runningNode.major ? { quick } : {}

const resultOf = ({ matrix }: Results, row: MatrixRow, major: number): MatrixResult | undefined =>
  matrix.find(each => each.row === row && each.node.major === major)

const ratioOf = (result: MatrixResult | undefined, pick: (sample: MatrixSample) => number): number | undefined =>
  result && beside(result.rows, bareFastify.name, pick)

/** Throughput and p99 of each row on each Node.js. */
export const matrixTargets: readonly Target[] = majors.flatMap(major =>
  matrixRows.flatMap(row => [throughputOf(row, major), p99Of(row, major)])
)
