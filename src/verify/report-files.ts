import { renderJson, writeReportFile } from '../report/report-folder.js'
import { createJson } from './json-report.js'
import { createVerifyJUnit } from './junit-report.js'
import { renderMarkdown } from './markdown-report.js'
import type { VerifyResult } from './result.js'

/** Writes verify-real.json, verify-real.junit.xml and verify-real.md. */
export const writeVerifyReport = async (folder: string, result: VerifyResult): Promise<void> => {
  await writeReportFile(folder, 'verify-real.json', renderJson(createJson(result)))
  await writeReportFile(folder, 'verify-real.junit.xml', createVerifyJUnit(result))
  await writeReportFile(folder, 'verify-real.md', renderMarkdown(result))
}
