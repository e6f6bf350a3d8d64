import type { Product } from '../product/product.js'
import { reportFolder } from '../report/report-folder.js'
import { type SystemClock, systemClock } from '../state/clock.js'
import type { CaseRequest, Cases } from '../verify/case.js'
import { createChoice } from '../verify/choose-cases.js'
import { printing } from '../verify/dry-run.js'
import { hideIn, hidingRedactor } from '../verify/hide.js'
import { createHttpTransport } from '../verify/http-transport.js'
import { createMock, waitOf } from '../verify/mock-transport.js'
import { readCasesOf } from '../verify/read-cases.js'
import { writeVerifyReport } from '../verify/report-files.js'
import { countOutcomes, type VerifyResult } from '../verify/result.js'
import { renderText } from '../verify/text-report.js'
import { mockAccount, playServer, resultOf, type ServerRun, type VerifyAccount } from '../verify/verify.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import {
  productNamed,
  readAccount,
  readFidelity,
  readOrigin,
  readPause,
  readTextOf,
  readTimeout,
  type VerifyFlags
} from './verify-options.js'

/** Plays the cases of a product against a real server and the mock, and reports the differences; the answer is the exit code. */
export const verifyRealCommand = async (
  name: string,
  flags: VerifyFlags,
  outside: CommandContext,
  clock: SystemClock = systemClock
): Promise<number> => {
  const product = productNamed(name, outside.products)
  const cases = await readCasesOf(product, outside.cases)
  const origin = readOrigin(flags.url, product)
  const account = readAccount(flags, product, cases, outside.env)
  const plan: Plan = { product, cases, origin, account, flags, clock }
  if (flags.dryRun) return dryRun(plan, outside)
  if (flags.report !== undefined) await reportFolder(flags.report)
  const result = await verifyServer(plan, outside)
  return tell(result, plan, outside)
}

interface Plan {
  readonly product: Product
  readonly cases: Cases
  readonly origin: string
  readonly account: VerifyAccount
  readonly flags: VerifyFlags
  readonly clock: SystemClock
}

const verifyServer = async (plan: Plan, outside: CommandContext): Promise<VerifyResult> => {
  const { product, cases, origin, account, flags, clock } = plan
  const fidelity = readFidelity(flags)
  const transport = createHttpTransport({
    origin,
    ca: flags.ca === undefined ? undefined : await readTextOf('--ca', flags.ca),
    insecure: flags.insecure ?? false,
    timeout: readTimeout(flags),
    userAgent: `session-mock/${outside.version} verify-real`,
    systemClock: clock
  })
  const stop = new AbortController()
  const unlisten = outside.onSignal?.(() => stop.abort())
  const [began, startedAt] = [clock.elapsed(), new Date(clock.now()).toISOString()]
  try {
    const real = await playServer(serverRun(plan, transport.send, stop.signal))
    const milliseconds = clock.elapsed() - began
    const setup = { product, cases, account, secure: origin.startsWith('https:') }
    return await resultOf({ setup, fidelity, real, server: origin, startedAt, milliseconds })
  } finally {
    unlisten?.()
    transport.close()
  }
}

const serverRun = (
  { product, cases, account, flags, clock }: Plan,
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
    wait: until => clock.sleep(waitOf(until, idle), stop)
  }
}

/** Prints the requests that would be sent if the server answered as the mock does. */
const dryRun = async (plan: Plan, { stdout }: CommandContext): Promise<number> => {
  const { product, cases, account, flags, origin } = plan
  const mock = createMock({
    product,
    fidelity: readFidelity(flags),
    account: mockAccount(account, product),
    secure: origin.startsWith('https:')
  })
  let count = 0
  const send = printing(mock.send, {
    cases,
    passwords: secretsOf(account, cases),
    origin,
    print: text => stdout.write(`${text}\n`)
  })
  const counted = (request: CaseRequest) => {
    count += 1
    return send(request)
  }
  const run = { ...serverRun(plan, counted, new AbortController().signal), pause: 0, wait: mock.wait }
  await playServer(run)
  stdout.write(`${count} requests would be sent; none was.\n`)
  return exitCodes.stopped
}

/** The password, and options that come from the environment. */
const secretsOf = ({ password, options }: VerifyAccount, cases: Cases): string[] => [
  password,
  ...Object.entries(options).flatMap(([name, value]) =>
    /secret|password|token/i.test(name) && value !== cases.options[name] ? [value] : []
  )
]

/** Prints and writes the result; the answer is the exit code. */
const tell = async (
  result: VerifyResult,
  { account, cases, flags }: Plan,
  { stdout, stderr }: CommandContext
): Promise<number> => {
  const answers = result.results.flatMap(({ answer, mock }) => [answer, mock].filter(each => each !== undefined))
  const { cases: _cases, ...facts } = result
  const redact = hidingRedactor(secretsOf(account, cases), answers, cases)
  const shown: VerifyResult = { ...hideIn(facts, redact), cases }
  if (result.results.some(({ outcome }) => outcome !== 'not sent')) stdout.write(renderText(shown))
  if (flags.report !== undefined) await writeVerifyReport(flags.report, shown)
  if (result.stopped !== undefined) stderr.write(`session-mock: ${shown.stopped}\n`)
  const counts = countOutcomes(result.results)
  if (result.stopped !== undefined) return exitCodes.notReached
  return counts['mock differs'] + counts['no answer'] > 0 ? exitCodes.differs : exitCodes.stopped
}
