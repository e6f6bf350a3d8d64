import { AbortController } from '../base/node-globals.js'
import type { SystemClock } from '../state/clock.js'
import type { CaseRequest } from '../verify/case.js'
import { createChoice } from '../verify/choose-cases.js'
import { createPrintingTransport } from '../verify/dry-run.js'
import { createHttpTransport } from '../verify/http-transport.js'
import { createMock, waitTime } from '../verify/mock-transport.js'
import { createVerifyProgress } from '../verify/progress.js'
import { type MockSetup, mockAccount, playServer, type ResultFacts, type ServerRun } from '../verify/verify.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { readTextOf } from './flags.js'
import { readFidelity, readPause, readTimeout, type VerifyFlags } from './verify-options.js'

/** A run against a server. */
export interface ServerPlan {
  readonly setup: MockSetup
  /** Scheme, host and port. */
  readonly origin: string
  readonly flags: VerifyFlags
  readonly clock: SystemClock
}

/** The responses of a server, with the time of the run. */
export type ServerAnswers = Pick<ResultFacts, 'real' | 'server' | 'startedAt' | 'milliseconds'>

/** Sends the cases to the server. A signal stops the run and ends its sessions. */
export const playOnServer = async (plan: ServerPlan, context: CommandContext): Promise<ServerAnswers> => {
  const { origin, flags, clock } = plan
  const transport = createHttpTransport({
    origin,
    ca: flags.ca === undefined ? undefined : await readTextOf('--ca', flags.ca),
    insecure: flags.insecure ?? false,
    timeout: readTimeout(flags),
    userAgent: `session-mock/${context.version} verify-real`,
    systemClock: clock
  })
  const stop = new AbortController()
  const progress = createVerifyProgress(plan.setup.cases.cases.length, context.stderr.raw ?? context.stderr)
  const unlisten = context.onSignal?.(() => {
    progress.onStop()
    stop.abort()
  })
  const [began, startedAt] = [clock.elapsed(), new Date(clock.now()).toISOString()]
  try {
    const run = serverRun(plan, transport.send, stop.signal)
    const wait: ServerRun['wait'] = until => {
      progress.onWait(waitTime(until, plan.setup.product.sessions.policy.idle))
      return run.wait(until)
    }
    const real = await playServer({ ...run, wait, onCase: progress.onCase })
    return { real, server: origin, startedAt, milliseconds: clock.elapsed() - began }
  } finally {
    progress.close()
    unlisten?.()
    transport.close()
  }
}

const serverRun = (
  { setup: { product, cases, account }, flags, clock }: ServerPlan,
  send: ServerRun['send'],
  stop: AbortSignal
): ServerRun => {
  const { idle } = product.sessions.policy
  return {
    cases,
    account,
    send,
    stop,
    systemClock: clock,
    pause: readPause(flags),
    skip: createChoice({ wrongPassword: flags.wrongPassword ?? true, waitExpiry: flags.waitExpiry ?? false, idle }),
    wait: until => clock.sleep(waitTime(until, idle), stop)
  }
}

/** Prints the requests of a run in which the server responds like the mock. */
export const dryRun = async (plan: ServerPlan, { stdout }: CommandContext): Promise<number> => {
  const { setup, flags, origin } = plan
  const { product, cases, account } = setup
  const mock = createMock({ ...setup, fidelity: readFidelity(flags), account: mockAccount(account, product) })
  const print = (text: string) => stdout.write(`${text}\n`)
  const send = createPrintingTransport(mock.send, { cases, passwords: account.secrets, origin, print })
  let count = 0
  const counted = (request: CaseRequest) => {
    count += 1
    return send(request)
  }
  await playServer({ ...serverRun(plan, counted, new AbortController().signal), pause: 0, wait: mock.wait })
  stdout.write(`${count} requests would be sent; none was.\n`)
  return exitCodes.stopped
}
