import { formatDuration } from '../base/duration.js'
import { describePlaces } from './baseline.js'
import { misbehaviourNames, misbehaviours } from './misbehaviour.js'
import { scenarioFile } from './plan.js'
import type { GrillFinding, GrillSummary } from './summary.js'
import { renderCounts, renderTable } from './table.js'

/** Findings of one misbehaviour with details; of the rest only the cases are listed. */
const maxDetailed = 3

/** Maximum number of requests listed for a finding. */
const maxRequests = 8

/** The report as text. `folder`: path of the report files, if any. */
export const renderText = (summary: GrillSummary, folder: string | undefined): string => {
  const { baseline, planned, chosen, results, milliseconds, interrupted, seed } = summary
  const all = planned === chosen.length ? '' : `, selected from ${planned} by seed ${seed}`
  const played = interrupted ? `interrupted: ${results.length} of ${chosen.length} cases` : `${results.length} cases`
  return `Without a fault: ${baseline.calls} calls in ${formatDuration(baseline.milliseconds)} (${describePlaces(baseline.places)})
${played}${all}, in ${formatDuration(milliseconds)}

${renderTable(summary)}
${renderCounts(summary)}
${renderFindings(summary, folder)}`
}

const renderFindings = (summary: GrillSummary, folder: string | undefined): string => {
  const open = summary.findings.filter(({ known }) => !known)
  if (open.length === 0) return '\nNothing misbehaved.\n'
  return misbehaviourNames
    .map(name => open.filter(({ misbehaviour }) => misbehaviour.name === name))
    .filter(({ length }) => length > 0)
    .map(group => renderGroup(group, summary, folder))
    .join('')
}

const renderGroup = (group: readonly GrillFinding[], summary: GrillSummary, folder: string | undefined): string => {
  const [first] = group
  if (!first) return ''
  const { name } = first.misbehaviour
  const others = group.slice(maxDetailed).map(({ id }) => id)
  const rest = others.length === 0 ? '' : `\n  and at ${others.join(', ')}\n`
  const head = `\n${name.toUpperCase()} (${group.length}): ${misbehaviours[name]}\n`
  return `${head}${group
    .slice(0, maxDetailed)
    .map(each => renderFinding(each, summary, folder))
    .join('')}${rest}`
}

const renderFinding = (
  { id, misbehaviour, result }: GrillFinding,
  { again, baseline }: GrillSummary,
  folder: string | undefined
): string => {
  const lines = result?.requests ?? baseline.requests
  const requests = misbehaviour.requests.slice(0, maxRequests).map(number => `      ${lines.get(number) ?? number}`)
  const more = misbehaviour.requests.length - requests.length
  return `
  ${id}${result ? `: ${result.case.title.replace(/^[^:]*: /, '')}` : ', without any fault'}
    ${misbehaviour.words}
${[...requests, ...(more > 0 ? [`      and ${more} more`] : [])].join('\n')}
    repeat: ${againOf(result, again, folder)}
`
}

const againOf = (result: GrillFinding['result'], again: GrillSummary['again'], folder: string | undefined): string => {
  if (!result) return again('')
  if (folder === undefined) return `add --report <folder>, which writes the scenario of each finding`
  return again(`${folder.replace(/\/+$/, '')}/${scenarioFile(result.case)}`)
}
