import { describeCounts, documentFindings, type Finding, findingsOf, type VerifyResult } from './result.js'
import { describeFinding } from './text-report.js'
import type { CaseResult } from './verdict.js'

/** The result as Markdown, for an issue. */
export const renderMarkdown = (result: VerifyResult): string => {
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
  const rows = findings.map(finding => `| ${cell(describeFinding(finding))} | ${cell(finding.cases.join('; '))} |`)
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
