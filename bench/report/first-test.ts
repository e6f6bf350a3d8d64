import { type FirstTest, fastify } from '../measure/first-test.js'
import { readable, spread } from '../numbers.js'
import { beside } from '../ratios.js'
import type { Rows } from '../rounds.js'
import { table } from './table.js'

/** What the libraries cost the first test of a project. */
export const firstTests = ({ firstStart, nodeTest, vitest }: FirstTest): readonly string[] => [
  section('Import and first start', firstStart, fastify),
  ...(nodeTest.size > 0
    ? [section('From the start to the first passing test, node:test', nodeTest, 'session-mock')]
    : []),
  ...(vitest.size > 0 ? [section('From the start to the first passing test, Vitest', vitest, 'session-mock')] : [])
]

const section = (title: string, rows: Rows<number>, reference: string): string => {
  const cells = [...rows].map(([name, took]) => {
    const ratio = beside(rows, reference, Number, name)
    return [name, spread(took), ratio === undefined ? '–' : readable(ratio)]
  })
  return `### ${title}\n\n${table(['', 'ms', `× ${reference}`], cells)}`
}
