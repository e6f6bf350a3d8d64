import { renderJson, writeReportFile } from '../report/report-folder.js'
import { createJson } from './json-report.js'
import { createGrillJUnit } from './junit-report.js'
import { scenarioFile } from './plan.js'
import type { GrillSummary } from './summary.js'

/** Writes grill.json, grill.junit.xml, and the scenario and flight record of each misbehaving case. */
export const writeGrillReport = async (folder: string, summary: GrillSummary): Promise<void> => {
  for (const { case: each, record, outcome } of summary.results) {
    if (!record || outcome !== 'misbehaved') continue
    const file = scenarioFile(each)
    await writeReportFile(folder, file, each.scenario)
    await writeReportFile(folder, file.replace(/yaml$/, 'run.json'), renderJson(record))
  }
  await writeReportFile(folder, 'grill.junit.xml', createGrillJUnit(summary))
  await writeReportFile(folder, 'grill.json', renderJson(createJson(summary)))
}
