import { readOverlays } from '../overlay/read-overlay.js'
import { renderJson, reportFolder } from '../report/report-folder.js'
import { type SystemClock, systemClock } from '../state/clock.js'
import { readCasesOf } from '../verify/read-cases.js'
import { recordedRun } from '../verify/record.js'
import type { CommandContext } from './context.js'
import { writeTextTo } from './flags.js'
import { compareRecord, type OfflinePlan, verifyHar, verifyRecord } from './verify-offline.js'
import { productNamed, readAccount, readOrigin, type VerifyFlags } from './verify-options.js'
import { dryRun, playOnServer } from './verify-server.js'

/** Compares a real server with the mock by the cases of a product. Resolves to the exit code. */
export const verifyRealCommand = async (
  name: string,
  flags: VerifyFlags,
  context: CommandContext,
  clock: SystemClock = systemClock
): Promise<number> => {
  const product = productNamed(name, context.products)
  const cases = await readCasesOf(product, context.cases)
  const overlay = flags.overlay === undefined ? undefined : await readOverlays(flags.overlay, context.products)
  if (flags.report !== undefined) await reportFolder(flags.report)
  const plan = { product, cases, overlay, flags }
  if (flags.against !== undefined) return verifyRecord(flags.against, plan, context)
  if (flags.har !== undefined) return verifyHar(flags.har, plan, context)
  return verifyServer(plan, context, clock)
}

const verifyServer = async (
  { product, cases, overlay, flags }: OfflinePlan,
  context: CommandContext,
  clock: SystemClock
): Promise<number> => {
  const origin = readOrigin(flags.url, product)
  const account = readAccount(flags, product, cases, context.env)
  const setup = { product, cases, account, overlay, secure: origin.startsWith('https:') }
  const plan = { setup, origin, flags, clock }
  if (flags.dryRun) return dryRun(plan, context)
  const record = await playOnServer(plan, context)
  if (flags.record !== undefined) await writeTextTo('--record', flags.record, renderJson(record))
  return compareRecord(record, recordedRun(record, cases), plan, context)
}
