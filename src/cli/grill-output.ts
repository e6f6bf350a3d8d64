import type { Settings } from '../config/settings.js'
import type { GrillCase } from '../grill/plan.js'
import { writeGrillReport } from '../grill/report-files.js'
import type { GrillSummary } from '../grill/summary.js'
import { renderText } from '../grill/text-report.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'

/** Prints how many cases were selected, if not all. */
export const printSelection = (planned: number, chosen: number, seed: string, { stderr }: CommandContext): void => {
  if (chosen < planned)
    stderr.write(
      `session-mock: ${chosen} of ${planned} cases are run, selected by seed ${seed}; --max ${planned} runs all\n`
    )
}

/** Prints the cases. Returns the exit code. */
export const printPlan = (cases: readonly GrillCase[], { stdout }: CommandContext): number => {
  const width = Math.max(0, ...cases.map(({ id }) => id.length))
  for (const { number, id, title } of cases)
    stdout.write(`${String(number).padStart(3)}  ${id.padEnd(width)}  ${title}\n`)
  return exitCodes.stopped
}

/** The exit code of a shell after an interrupt. */
const interruptedCode = 130

/** Writes the report files, and prints the results. Resolves to the exit code. */
export const reportResults = async (
  summary: GrillSummary,
  { report: folder, showSecrets }: Pick<Settings, 'report' | 'showSecrets'>,
  { stdout }: CommandContext
): Promise<number> => {
  if (folder !== undefined) await writeGrillReport(folder, summary, showSecrets)
  stdout.write(renderText(summary, folder))
  if (summary.findings.some(({ known }) => !known)) return exitCodes.misbehaved
  return summary.interrupted ? interruptedCode : exitCodes.stopped
}
