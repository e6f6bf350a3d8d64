import type { CaseResult } from './grill.js'
import { placeId } from './place.js'
import type { GrillCase } from './plan.js'
import { countOutcomes, type GrillSummary } from './summary.js'

/** Maximum number of columns of a table. */
const maxColumns = 40

/** The results as a table: one line per fault, one column per place, one character per case. */
export const renderTable = (summary: GrillSummary): string => {
  const { chosen } = summary
  const places = [...new Set(chosen.flatMap(({ place }) => (place ? [placeId(place)] : [])))]
  const runs = [...new Set(chosen.flatMap(({ place, product }) => (place ? [] : [product])))]
  const columns = [...places, ...runs.map(product => `${product}, the whole run`)]
  const parts = Array.from({ length: Math.ceil(columns.length / maxColumns) }, (_, index) =>
    renderPart(summary, columns.slice(index * maxColumns, (index + 1) * maxColumns), index * maxColumns)
  )
  return parts.join('\n')
}

const columnOf = ({ place, product }: GrillCase): string => (place ? placeId(place) : `${product}, the whole run`)

const renderPart = (
  { chosen, results, findings }: GrillSummary,
  columns: readonly string[],
  offset: number
): string => {
  const byCase = new Map(results.map(result => [result.case, result]))
  const unknown = new Set(findings.filter(({ known }) => !known).map(({ result }) => result))
  const shown = chosen.filter(each => columns.includes(columnOf(each)))
  const faults = [...new Set(shown.map(({ fault }) => fault))]
  const width = Math.max(...faults.map(({ length }) => length))
  const cell = (fault: string, column: string): string => {
    const found = shown.find(each => each.fault === fault && columnOf(each) === column)
    return found ? signOf(byCase.get(found), unknown) : ' '
  }
  const lines = faults.map(
    fault =>
      `  ${fault.padEnd(width)}  ${columns
        .map(column => `${cell(fault, column)} `)
        .join(' ')
        .trimEnd()}`
  )
  const numbers = columns.map((_, index) => String(offset + index + 1).padEnd(2)).join(' ')
  const legend = columns.map((column, index) => `  ${String(offset + index + 1).padEnd(2)}  ${column}`)
  return `  ${''.padEnd(width)}  ${numbers.trimEnd()}\n${lines.join('\n')}\n\n${legend.join('\n')}\n`
}

const signs = { survived: '.', 'failed cleanly': 'f', misbehaved: 'X', 'not reached': '-' } as const

/** `x`: allowed or accepted misbehaviour. `?`: not played. */
const signOf = (result: CaseResult | undefined, unknown: ReadonlySet<CaseResult | undefined>): string => {
  if (!result) return '?'
  return result.outcome === 'misbehaved' && !unknown.has(result) ? 'x' : signs[result.outcome]
}

/** The legend of the table, with counts. */
export const renderCounts = ({ results, findings }: GrillSummary): string => {
  const counts = countOutcomes(results)
  const known = new Set(findings.filter(each => each.known).map(({ id }) => id)).size
  return [
    `. survived ${counts.survived}`,
    `f failed cleanly ${counts['failed cleanly']}`,
    `X misbehaved ${counts.misbehaved}`,
    ...(known > 0 ? [`x known: ${known} of them`] : []),
    ...(counts['not reached'] > 0 ? [`- not reached ${counts['not reached']}`] : [])
  ].join('   ')
}
