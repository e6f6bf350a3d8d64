import { Overlay } from '../overlay/overlay.js'
import { parseOverlay } from '../overlay/read-overlay.js'
import type { Fidelity } from '../product/product.js'
import type { Run } from '../verify/player.js'
import { countOutcomes, redactedResult, renderText, writeVerifyReport } from '../verify/reports.js'
import { createOverlay, renderOverlay } from '../verify/save-overlay.js'
import { type ResultFacts, resultOf, type VerifyResult } from '../verify/verify.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { writeTextTo } from './flags.js'
import type { VerifyFlags } from './verify-options.js'

/** Prints and writes the result, without secrets. Resolves to the exit code. */
export const reportResult = async (
  result: VerifyResult,
  flags: VerifyFlags,
  { stdout, stderr }: CommandContext
): Promise<number> => {
  const shown = redactedResult(result)
  if (result.results.some(({ outcome }) => outcome !== 'not sent')) stdout.write(renderText(shown))
  if (flags.report !== undefined) await writeVerifyReport(flags.report, shown)
  if (shown.stopped !== undefined) {
    stderr.write(`session-mock: ${shown.stopped}\n`)
    return exitCodes.notReached
  }
  const counts = countOutcomes(result.results)
  return counts['mock differs'] + counts['no answer'] > 0 ? exitCodes.differs : exitCodes.stopped
}

/** Writes an overlay with the differences of the server, and tests it. */
export const saveOverlay = async (
  file: string,
  facts: ResultFacts,
  mocks: Readonly<Record<Fidelity, Run>>,
  { products, stderr }: CommandContext
): Promise<void> => {
  const { setup, fidelity, real, server, startedAt } = facts
  if (real.stopped !== undefined) {
    stderr.write(`session-mock: ${file} is not written, as the run ended early\n`)
    return
  }
  const title = `${setup.product.title} at ${server}, ${startedAt.slice(0, 10)}`
  const saved = createOverlay({ setup, fidelity, real, mock: mocks[fidelity], title })
  const text = renderOverlay(saved, fidelity)
  await writeTextTo('--save', file, text)
  const overlay = new Overlay(Object.entries(parseOverlay({ name: file, text }, products).products))
  const { results } = await resultOf({ ...facts, setup: { ...setup, overlay } }, mocks)
  const left = countOutcomes(results)['mock differs']
  const outcome =
    left === 0 ? 'the mock is the same' : `${left} ${left === 1 ? 'case still differs' : 'cases still differ'}`
  stderr.write(`session-mock: ${file} is written; with --overlay ${file} ${outcome}\n`)
}
