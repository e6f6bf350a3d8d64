import { choice, UserError } from '../base/user-error.js'
import { passwordsIn } from '../journal/password-values.js'
import type { Overlay } from '../overlay/overlay.js'
import type { Product } from '../product/product.js'
import type { Cases } from '../verify/case.js'
import { readHar } from '../verify/har.js'
import { readRecord, recordedRun } from '../verify/record.js'
import { replayHar } from '../verify/replay-har.js'
import { type MockSetup, resultOf } from '../verify/verify.js'
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
  const { server, startedAt, milliseconds, login, options } = record
  const account = { login, password: 'session-mock', options, secrets: [] }
  const setup: MockSetup = { product, cases, account, overlay, secure: server.startsWith('https:') }
  const answers = { real: recordedRun(record, cases, file), server, startedAt, milliseconds }
  const result = await resultOf({ setup, fidelity: readFidelity(flags), ...answers })
  if (flags.save !== undefined) await saveOverlay(flags.save, answers, setup, flags, context)
  return reportResult(result, [], flags, context)
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
  const calls = readHar(await readTextOf('--har', file), file, product)
  const startedAt = new Date(calls[0]?.at ?? 0).toISOString()
  const results = await replayHar({ product, cases, calls, fidelity, overlay })
  const passwords = calls.flatMap(({ request: { body = '', target } }) => [
    ...passwordsIn(body),
    ...passwordsIn(target)
  ])
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
  return reportResult(facts, passwords, flags, context)
}

/** Throws a UserError for flags that cannot be combined with this one. */
const refuseOthers = (flag: string, flags: VerifyFlags, names: readonly (keyof VerifyFlags)[]): void => {
  const given = names.filter(name => flags[name] !== undefined)
  if (given.length === 0) return
  const shown = given.map(name => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`)
  throw new UserError(`${flag} sends nothing to a server: omit ${choice(shown, 'and')}`)
}
