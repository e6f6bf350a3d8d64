import { createRedactor, headerValue, type Redactor } from '../journal/redactor.js'
import { isRecord } from '../product/fields.js'
import { type JUnitCase, renderJson, renderJUnit, writeReportFile } from '../run/report.js'
import { type Difference, describeDifference } from './compare.js'
import type { Run } from './player.js'
import { tokenOf } from './response-body.js'
import type { CaseResult, RightIn, VerifyResult } from './verify-product.js'

/** The result with abbreviated tokens, and without the values of fields and headers with secret names. */
export const redactedResult = ({ cases, ...facts }: VerifyResult): VerifyResult => {
  const tokens = facts.results.flatMap(({ answer, mock }) =>
    [answer, mock].flatMap(each => (each && tokenOf(each, cases)) ?? [])
  )
  return { ...(redactTexts(facts, createRedactor({ tokens })) as typeof facts), cases }
}

const redactTexts = (value: unknown, redact: Redactor): unknown => {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(each => redactTexts(each, redact))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'headers' && isRecord(each) ? redactHeaders(each, redact) : redactTexts(each, redact)
    ])
  )
}

const redactHeaders = (headers: Readonly<Record<string, unknown>>, redact: Redactor): object =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerValue(name, String(value), redact)]))

/** Writes verify-real.json, verify-real.junit.xml and verify-real.md. */
export const writeVerifyReport = async (folder: string, result: VerifyResult): Promise<void> => {
  await writeReportFile(folder, 'verify-real.json', renderJson(createJson(result)))
  await writeReportFile(folder, 'verify-real.junit.xml', createVerifyJUnit(result))
  await writeReportFile(folder, 'verify-real.md', renderMarkdown(result))
}

/** A difference, with its cases. */
interface Finding {
  readonly difference: Difference
  readonly cases: readonly string[]
  /** The alternative in which the mock is right in all of these cases. */
  readonly rightIn: RightIn | undefined
}

/** The differences of the server from the mock, without repetition; a lost response is a difference too. */
const findingsOf = (results: readonly CaseResult[]): Finding[] =>
  groupByDifference(results.map(result => ({ result, differences: [...result.differences, ...lostAnswer(result)] })))

/** The differences of the server from the documentation in which the mock is right. */
const documentFindings = (results: readonly CaseResult[]): Finding[] =>
  groupByDifference(
    results
      .filter(({ outcome }) => outcome === 'same')
      .map(result => ({
        result,
        differences: result.document ?? []
      }))
  )

const lostAnswer = ({ outcome, why }: CaseResult): Difference[] =>
  outcome === 'no answer'
    ? [{ kind: 'no answer', place: 'no answer', expected: 'an answer', found: why ?? 'none' }]
    : []

interface ResultDifferences {
  readonly result: CaseResult
  readonly differences: readonly Difference[]
}

const groupByDifference = (all: readonly ResultDifferences[]): Finding[] => {
  const found = new Map<string, { difference: Difference; cases: string[]; right: (RightIn | undefined)[] }>()
  for (const { result, differences } of all)
    for (const difference of differences) {
      const key = JSON.stringify(difference)
      const known = found.get(key) ?? { difference, cases: [], right: [] }
      found.set(key, known)
      known.cases.push(result.case.name)
      known.right.push(result.rightIn)
    }
  return [...found.values()].map(({ difference, cases, right }) => ({
    difference,
    cases: [...new Set(cases)],
    rightIn: right.every(each => each === right[0]) ? right[0] : undefined
  }))
}

/** Number of cases by outcome. */
export const countOutcomes = (results: readonly CaseResult[]): Readonly<Record<CaseResult['outcome'], number>> => {
  const counts = { same: 0, 'mock differs': 0, 'no answer': 0, 'not sent': 0 }
  for (const { outcome } of results) counts[outcome] += 1
  return counts
}

/** `42 same, 3 differ, 1 without a response, 7 not sent`. */
const describeCounts = (results: readonly CaseResult[]): string => {
  const counts = countOutcomes(results)
  const words = [
    `${counts.same} same`,
    `${counts['mock differs']} differ`,
    ...(counts['no answer'] > 0 ? [`${counts['no answer']} without a response`] : []),
    ...(counts['not sent'] > 0 ? [`${counts['not sent']} not sent`] : [])
  ]
  return words.join(', ')
}

/** `3 sessions were opened and ended`. */
const describeSessions = ({ opened, left }: Run['sessions']): string => {
  const summary = `${opened} ${opened === 1 ? 'session was' : 'sessions were'} opened`
  return left === 0 ? `${summary} and ended` : `${summary}, ${left} could not be ended and will expire`
}

/** The result as text: one line per case, then each difference once. */
export const renderText = (result: VerifyResult): string => {
  const { product, server, fidelity, results, sessions, stopped } = result
  return [
    `${product.title} at ${server} and the mock, ${fidelity}`,
    '',
    ...caseLines(results),
    '',
    ...findingLines('Differences of the server from the mock:', findingsOf(results)),
    ...findingLines('The document differs, the mock is right:', documentFindings(results)),
    ...advice(result),
    `${describeCounts(results)}.${sessions === undefined ? '' : ` ${describeSessions(sessions)}.`}`,
    ...(stopped === undefined ? [] : [`The run ended early: ${stopped}.`]),
    ''
  ].join('\n')
}

const caseLines = (results: readonly CaseResult[]): string[] => {
  const widths = { step: longest(results.map(({ case: { step } }) => step)), name: longest(results.map(nameOf)) }
  return results.map(result => {
    const { step } = result.case
    return `  ${step.padEnd(widths.step)}  ${nameOf(result).padEnd(widths.name)}  ${describeOutcome(result)}`
  })
}

const nameOf = (result: CaseResult): string => result.case.name

const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length))

/** `mock differs; observed is right`. */
const describeOutcome = ({ outcome, rightIn, why, document }: CaseResult): string => {
  if (why !== undefined) return `${outcome}: ${why}`
  if (outcome === 'same') return document === undefined || document.length === 0 ? 'same' : 'same; the document differs'
  if (rightIn === 'no overlay') return 'mock differs; without the overlay it is right'
  if (rightIn !== undefined) return `mock differs; ${rightIn} is right`
  if (document === undefined) return 'mock differs'
  return document.length === 0 ? 'mock differs; the document is right' : 'mock differs; so does the document'
}

const findingLines = (title: string, findings: readonly Finding[]): string[] => {
  if (findings.length === 0) return []
  return [title, ...findings.flatMap(finding => [`  ${describeFinding(finding)}`, `    ${describeCases(finding)}`]), '']
}

/** `status: 403 instead of 401 (the mock is right with --fidelity observed)`. */
const describeFinding = ({ difference, rightIn }: Finding): string =>
  `${describeDifference(difference)}${rightIn === undefined ? '' : ` (the mock is right ${describeRight(rightIn)})`}`

/** The names of a few cases, or the number of many with the first of them. */
const describeCases = ({ cases }: Finding): string =>
  cases.length <= maxNames ? cases.join('; ') : `${cases.length} cases: ${cases.slice(0, 3).join('; ')}; …`

const maxNames = 5

const describeRight = (rightIn: RightIn): string =>
  rightIn === 'no overlay' ? 'without the overlay' : `with --fidelity ${rightIn}`

const advice = ({ results, product }: VerifyResult): string[] => {
  const right = new Set(results.flatMap(({ rightIn }) => rightIn ?? []))
  return [...right].map(rightIn =>
    rightIn === 'no overlay'
      ? 'The overlay contradicts the server: write it again with --save.'
      : `Run the mock with --fidelity ${product.name}=${rightIn} for the cases that are right there.`
  )
}

/** The result as JSON. */
const createJson = (result: VerifyResult) => {
  const { product, server, fidelity, startedAt, milliseconds, results, sessions, stopped } = result
  return {
    product: product.name,
    server,
    fidelity,
    startedAt,
    milliseconds,
    stopped,
    sessions,
    findings: findingsOf(results),
    document: documentFindings(results),
    cases: results.map(jsonCase)
  }
}

const jsonCase = ({ case: each, outcome, why, differences, rightIn, document, answer, mock }: CaseResult) => ({
  name: each.name,
  step: each.step,
  request: `${each.request.method} ${each.request.target}`,
  source: each.source,
  place: each.place,
  outcome,
  why,
  rightIn,
  differences,
  document,
  answer,
  mock
})

/** One test case per case, failed if the mock differs from the server. */
const createVerifyJUnit = ({ product, startedAt, milliseconds, results }: VerifyResult): string =>
  renderJUnit({
    name: `session-mock verify-real ${product.name}`,
    startedAt,
    time: milliseconds / 1000,
    cases: results.map(result => junitCase(product.name, result))
  })

const junitCase = (product: string, result: CaseResult): JUnitCase => ({
  className: `session-mock.verify-real.${product}.${result.case.step.replaceAll(' ', '-')}`,
  name: result.case.name,
  ...(result.outcome === 'not sent' && { skipped: result.why ?? '' }),
  ...(result.outcome === 'no answer' && { failure: { type: 'no answer', message: result.why ?? '', text: '' } }),
  ...(result.outcome === 'mock differs' && {
    failure: {
      type: result.differences[0]?.kind ?? '',
      message: describeOutcome(result),
      text: result.differences.map(describeDifference).join('\n')
    }
  })
})

/** The result as Markdown, for an issue. */
const renderMarkdown = (result: VerifyResult): string => {
  const { product, fidelity, startedAt, results, stopped, cases } = result
  return [
    `## ${product.title}: server and mock (${fidelity})`,
    '',
    `${startedAt.slice(0, 10)}: ${describeCounts(results)}.${stopped === undefined ? '' : ` The run ended early: ${stopped}.`}`,
    '',
    ...table('Differences of the server from the mock', findingsOf(results)),
    ...table('Differences of the server from the document', documentFindings(results)),
    ...requests(results.filter(({ outcome }) => outcome === 'mock differs')),
    `Cases: routes/${cases.product}.cases.yaml.`,
    ''
  ].join('\n')
}

const table = (title: string, findings: readonly Finding[]): string[] => {
  if (findings.length === 0) return []
  const rows = findings.map(finding => `| ${cell(describeFinding(finding))} | ${cell(describeCases(finding))} |`)
  return [`### ${title}`, '', '| difference | cases |', '|---|---|', ...rows, '']
}

const requests = (results: readonly CaseResult[]): string[] =>
  results.flatMap(({ case: each, answer, mock }) => [
    `<details><summary>${each.name}: <code>${each.request.method} ${each.request.target}</code></summary>`,
    '',
    ...(answer ? ['Server:', '', fenced(`HTTP ${answer.status}\n${answer.body}`), ''] : []),
    ...(mock ? ['Mock:', '', fenced(`HTTP ${mock.status}\n${mock.body}`), ''] : []),
    '</details>',
    ''
  ])

const maxBody = 2000

const fenced = (text: string): string => {
  const shown = text.length > maxBody ? `${text.slice(0, maxBody)}…` : text
  const fence = '`'.repeat(Math.max(3, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length + 1)))
  return `${fence}\n${shown.trimEnd()}\n${fence}`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
