import { formatDuration } from '../base/duration.js'
import { UserError } from '../base/errors.js'
import { isRecord } from '../product/fields.js'
import { type JUnitCase, renderJson, renderJUnit, writeReportFile } from '../run/report.js'
import type { CaseOutcome, CaseResult } from './grill.js'
import { type Misbehaviour, type MisbehaviourName, misbehaviourNames, misbehaviours } from './judges.js'
import { placeId } from './place.js'
import { type Baseline, describePlaces, type GrillCase, recordFile, scenarioFile } from './plan.js'

/** Writes grill.json, grill.junit.xml, and the scenario and flight record of each misbehaving case. */
export const writeGrillReport = async (folder: string, summary: GrillSummary, showSecrets: boolean): Promise<void> => {
  for (const { case: each, record, outcome } of summary.results) {
    if (!record || outcome !== 'misbehaved') continue
    await writeReportFile(folder, scenarioFile(each), each.scenario, each.isSecret)
    await writeReportFile(folder, recordFile(each), renderJson(record), showSecrets)
  }
  await writeReportFile(folder, 'grill.junit.xml', createGrillJUnit(summary))
  await writeReportFile(folder, 'grill.json', renderJson(createJson(summary)))
}

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

/** The content of `grill.json`. Times in milliseconds. */
const createJson = (summary: GrillSummary) => {
  const { version, words, startedAt, milliseconds, baseline, planned, chosen, seed, results, findings } = summary
  return {
    version,
    command: words,
    startedAt,
    milliseconds,
    interrupted: summary.interrupted,
    baseline: {
      calls: baseline.calls,
      milliseconds: baseline.milliseconds,
      deterministic: !baseline.differ,
      places: baseline.places.map(placeId)
    },
    plan: { cases: planned, chosen: chosen.length, seed },
    outcomes: countOutcomes(results),
    cases: results.map(({ case: each, outcome, exitCode, signal, milliseconds }) => ({
      number: each.number,
      id: each.id,
      fault: each.fault,
      title: each.title,
      outcome,
      exitCode,
      ...(signal !== undefined && { signal }),
      milliseconds
    })),
    findings: findings.map(each => describeFinding(each, summary))
  }
}

const describeFinding = ({ id, misbehaviour, result, known }: GrillFinding, { baseline, again }: GrillSummary) => {
  const lines = result?.requests ?? baseline.requests
  return {
    id,
    misbehaviour: misbehaviour.name,
    words: misbehaviour.words,
    known,
    requests: misbehaviour.requests.map(number => lines.get(number) ?? `request ${number}`),
    ...(result && { scenario: scenarioFile(result.case), record: recordFile(result.case) }),
    again: again(result ? scenarioFile(result.case) : ''),
    ...(result && { output: result.output })
  }
}

/** The keys of the findings in an earlier `grill.json`. Throws a UserError if the text is not one. */
export const readAccepted = (text: string, name: string): Set<string> => {
  const wrong = () => new UserError(`--accept "${name}": expected a grill.json, as --report writes it`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw wrong()
  }
  if (!isRecord(json) || !Array.isArray(json.findings)) throw wrong()
  return new Set(
    json.findings.map((each: unknown) => {
      if (!isRecord(each) || typeof each.id !== 'string' || typeof each.misbehaviour !== 'string') throw wrong()
      return findingKey(each.id, each.misbehaviour)
    })
  )
}

/** One test case for the baseline and one for each case. A test case fails on an unknown misbehaviour. */
const createGrillJUnit = ({ startedAt, milliseconds, baseline, results, findings }: GrillSummary): string =>
  renderJUnit({
    name: 'session-mock grill',
    startedAt,
    time: milliseconds / 1000,
    cases: [
      {
        className: 'session-mock.grill',
        name: 'without a fault',
        time: baseline.milliseconds / 1000,
        ...failureOf(openFindings(baselineId, findings), baseline.requests)
      },
      ...results.map(result => caseOf(result, openFindings(result.case.id, findings)))
    ]
  })

const openFindings = (id: string, findings: readonly GrillFinding[]): Misbehaviour[] =>
  findings.filter(each => each.id === id && !each.known).map(({ misbehaviour }) => misbehaviour)

const caseOf = (
  { case: each, outcome, milliseconds, requests }: CaseResult,
  open: readonly Misbehaviour[]
): JUnitCase => ({
  className: `session-mock.grill.${each.product}`,
  name: `${each.id} (${each.title})`,
  time: milliseconds / 1000,
  ...failureOf(open, requests),
  ...(outcome === 'not reached' && { skipped: 'the command did not reach this call' })
})

const failureOf = (open: readonly Misbehaviour[], lines: ReadonlyMap<number, string>): Pick<JUnitCase, 'failure'> => {
  if (open.length === 0) return {}
  return {
    failure: {
      type: open[0]?.name ?? '',
      message: open.map(({ name }) => name).join(', '),
      text: open
        .map(({ name, words, requests }) =>
          [`${name}: ${words}`, ...requests.map(each => `  ${lines.get(each)}`)].join('\n')
        )
        .join('\n')
    }
  }
}

/** Maximum number of columns of a table. */
const maxColumns = 40

/** The results as a table: one line per fault, one column per place, one character per case. */
const renderTable = (summary: GrillSummary): string => {
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
const renderCounts = ({ results, findings }: GrillSummary): string => {
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

/** A misbehaviour in a case, or in the baseline without a case. */
interface GrillFinding {
  readonly id: string
  readonly misbehaviour: Misbehaviour
  readonly result?: CaseResult
  /** Allowed or accepted: does not count. */
  readonly known: boolean
}

/** The content of a report. */
export interface GrillSummary {
  readonly version: string
  readonly words: readonly string[]
  readonly startedAt: string
  readonly milliseconds: number
  readonly baseline: Baseline
  /** Number of planned cases, and the selected ones. */
  readonly planned: number
  readonly chosen: readonly GrillCase[]
  readonly seed: string
  readonly results: readonly CaseResult[]
  readonly findings: readonly GrillFinding[]
  readonly interrupted: boolean
  /** The command that repeats a scenario file. */
  readonly again: (file: string) => string
}

/** Misbehaviours that do not count. */
export interface KnownFindings {
  readonly allowed: readonly MisbehaviourName[]
  /** Keys of findings: see `findingKey`. */
  readonly accepted: ReadonlySet<string>
}

/** The key of a finding in a baseline file. */
const findingKey = (id: string, name: string): string => `${id} ${name}`

/** The id of findings without a fault. */
const baselineId = 'baseline'

/** All findings: of the baseline, then of the cases in order. */
export const findingsOf = (
  { misbehaviours }: Baseline,
  results: readonly CaseResult[],
  { allowed, accepted }: KnownFindings
): GrillFinding[] => {
  const isKnown = (id: string, name: MisbehaviourName) => allowed.includes(name) || accepted.has(findingKey(id, name))
  const finding = (id: string, misbehaviour: Misbehaviour, result?: CaseResult): GrillFinding => ({
    id,
    misbehaviour,
    ...(result && { result }),
    known: isKnown(id, misbehaviour.name)
  })
  return [
    ...misbehaviours.map(each => finding(baselineId, each)),
    ...results.flatMap(result => result.misbehaviours.map(each => finding(result.case.id, each, result)))
  ]
}

/** Number of cases by outcome. */
const countOutcomes = (results: readonly CaseResult[]): Record<CaseOutcome, number> => {
  const counts = { survived: 0, 'failed cleanly': 0, misbehaved: 0, 'not reached': 0 }
  for (const { outcome } of results) counts[outcome] += 1
  return counts
}
