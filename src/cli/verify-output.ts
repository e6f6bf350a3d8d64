import { Overlay } from '../overlay/overlay.js'
import { parseOverlay } from '../overlay/read-overlay.js'
import { renderJson } from '../report/report-folder.js'
import { hideIn, hidingRedactor } from '../verify/hide.js'
import { createRecord } from '../verify/record.js'
import { writeVerifyReport } from '../verify/report-files.js'
import { countOutcomes, type VerifyResult } from '../verify/result.js'
import { createOverlay, renderOverlay } from '../verify/save-overlay.js'
import { renderText } from '../verify/text-report.js'
import { type MockSetup, resultOf } from '../verify/verify.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { writeTextTo } from './flags.js'
import { readFidelity, type VerifyFlags } from './verify-options.js'
import type { ServerAnswers } from './verify-server.js'

/** Prints and writes the result, without secrets. Resolves to the exit code. */
export const reportResult = async (
  result: VerifyResult,
  secrets: readonly string[],
  flags: VerifyFlags,
  { stdout, stderr }: CommandContext
): Promise<number> => {
  const { cases, ...facts } = result
  const answers = result.results.flatMap(({ answer, mock }) => [answer, mock].filter(each => each !== undefined))
  const shown: VerifyResult = { ...hideIn(facts, hidingRedactor(secrets, answers, cases)), cases }
  if (result.results.some(({ outcome }) => outcome !== 'not sent')) stdout.write(renderText(shown))
  if (flags.report !== undefined) await writeVerifyReport(flags.report, shown)
  if (shown.stopped !== undefined) {
    stderr.write(`session-mock: ${shown.stopped}\n`)
    return exitCodes.notReached
  }
  const counts = countOutcomes(result.results)
  return counts['mock differs'] + counts['no answer'] > 0 ? exitCodes.differs : exitCodes.stopped
}

/** Writes the responses of a server, for `--against`. */
export const recordAnswers = async (file: string, answers: ServerAnswers, setup: MockSetup): Promise<void> => {
  const { product, cases, account } = setup
  const { login, options, secrets } = account
  await writeTextTo('--record', file, renderJson(createRecord({ product, cases, login, options, secrets, ...answers })))
}

/** Writes an overlay with the differences of the server, and tests it. */
export const saveOverlay = async (
  file: string,
  answers: ServerAnswers,
  setup: MockSetup,
  flags: VerifyFlags,
  { products, stderr }: CommandContext
): Promise<void> => {
  if (answers.real.stopped !== undefined) {
    stderr.write(`session-mock: ${file} is not written, as the run ended early\n`)
    return
  }
  const fidelity = readFidelity(flags)
  const title = `${setup.product.title} at ${answers.server}, ${answers.startedAt.slice(0, 10)}`
  const saved = await createOverlay({ setup, fidelity, real: answers.real, title })
  const text = renderOverlay(saved, fidelity)
  await writeTextTo('--save', file, text)
  const overlay = new Overlay(Object.entries(parseOverlay({ name: file, text }, products).products))
  const { results } = await resultOf({ setup: { ...setup, overlay }, fidelity, ...answers })
  const left = countOutcomes(results)['mock differs']
  const outcome =
    left === 0 ? 'the mock is the same' : `${left} ${left === 1 ? 'case still differs' : 'cases still differ'}`
  stderr.write(`session-mock: ${file} is written; with --overlay ${file} ${outcome}\n`)
}
