import { choice, UserError } from '../base/user-error.js'
import type { Overlay } from '../overlay/overlay.js'
import type { Product } from '../product/product.js'
import type { Cases } from '../verify/case.js'
import type { Run } from '../verify/player.js'
import { readRecord, recordedRun, type ServerRecord } from '../verify/record.js'
import { readHar, replayHar } from '../verify/replay-har.js'
import { type MockSetup, playMocks, resultOf } from '../verify/verify.js'
import type { CommandContext } from './context.js'
import { readTextOf } from './flags.js'
import { readFidelity, type VerifyFlags } from './verify-options.js'
import { reportResult, saveOverlay } from './verify-output.js'

/** The subject of a comparison. */
export interface OfflinePlan {
  readonly product: Product
  readonly cases: Cases
  readonly overlay: Overlay | undefined
  readonly flags: VerifyFlags
}

/** Compares a record of a server with the mock. Resolves to the exit code. */
export const verifyRecord = async (file: string, plan: OfflinePlan, context: CommandContext): Promise<number> => {
  const { product, cases, overlay, flags } = plan
  refuseOthers('--against', plan.flags, ['url', 'login', 'passwordEnv', 'dryRun', 'record', 'har', 'productOption'])
  const record = readRecord(await readTextOf('--against', file), file, product)
  const { login, options, server } = record
  const account = { login, password: '', options, secrets: [] }
  const setup = { product, cases, account, overlay, secure: server.startsWith('https:') }
  return compareRecord(record, recordedRun(record, cases, file), { setup, flags }, context)
}

/** Compares the responses of a server with the mock. Resolves to the exit code. */
export const compareRecord = async (
  { server, startedAt, milliseconds }: ServerRecord,
  real: Run,
  { setup, flags }: { readonly setup: MockSetup; readonly flags: VerifyFlags },
  context: CommandContext
): Promise<number> => {
  const facts = { setup, fidelity: readFidelity(flags), real, server, startedAt, milliseconds }
  const plain = await playMocks({ ...setup, overlay: undefined })
  const result = await resultOf(facts, plain)
  if (flags.save !== undefined) await saveOverlay(flags.save, facts, plain, context)
  return reportResult(result, flags, context)
}

/** Compares the requests of a HAR with the mock. Resolves to the exit code. */
export const verifyHar = async (file: string, plan: OfflinePlan, context: CommandContext): Promise<number> => {
  const { product, cases, overlay, flags } = plan
  refuseOthers('--har', plan.flags, [
    'url',
    'login',
    'passwordEnv',
    'dryRun',
    'record',
    'against',
    'productOption',
    'save'
  ])
  const fidelity = readFidelity(flags)
  const calls = readHar(await readTextOf('--har', file), file, product, context.products)
  const startedAt = new Date(calls[0]?.at ?? 0).toISOString()
  const results = await replayHar({ product, cases, calls, fidelity, overlay })
  const facts = {
    product,
    cases,
    server: file,
    fidelity,
    startedAt,
    milliseconds: 0,
    results,
    sessions: undefined,
    stopped: undefined
  }
  return reportResult(facts, flags, context)
}

/** Throws a UserError for flags that cannot be combined with this one. */
const refuseOthers = (flag: string, flags: VerifyFlags, names: readonly (keyof VerifyFlags)[]): void => {
  const given = names.filter(name => flags[name] !== undefined)
  if (given.length === 0) return
  const shown = given.map(name => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`)
  throw new UserError(`${flag} sends nothing to a server: omit ${choice(shown, 'and')}`)
}
