import { renderJson, writeReportFile } from '../report/report-folder.js'
import { createJson } from './json-report.js'
import { createGrillJUnit } from './junit-report.js'
import { recordFile, scenarioFile } from './plan.js'
import type { GrillSummary } from './summary.js'

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
