import { Overlay } from '../overlay/overlay.js'
import { parseOverlay, readOverlays } from '../overlay/read-overlay.js'
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
import { createOverlay, renderOverlay } from '../verify/save-overlay.js'
import { renderText } from '../verify/text-report.js'
import {
  type MockSetup,
  mockAccount,
  playServer,
  type ResultFacts,
  resultOf,
  type ServerRun,
  type VerifyAccount
} from '../verify/verify.js'
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
  type VerifyFlags,
  writeTextTo
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
  const overlay = flags.overlay === undefined ? undefined : await readOverlays(flags.overlay, outside.products)
  const setup = { product, cases, account, overlay, secure: origin.startsWith('https:') }
  const plan: Plan = { setup, origin, flags, clock }
  if (flags.dryRun) return dryRun(plan, outside)
  if (flags.report !== undefined) await reportFolder(flags.report)
  const { real, ...facts } = await askServer(plan, outside)
  const result = await resultOf({ setup, fidelity: readFidelity(flags), real, ...facts })
  if (flags.save !== undefined) await saveOverlay(flags.save, { real, ...facts }, plan, outside)
  return tell(result, plan, outside)
}

interface Plan {
  readonly setup: MockSetup
  readonly origin: string
  readonly flags: VerifyFlags
  readonly clock: SystemClock
}

/** What the server did, and when. */
type Asked = Pick<ResultFacts, 'real' | 'server' | 'startedAt' | 'milliseconds'>

const askServer = async (plan: Plan, outside: CommandContext): Promise<Asked> => {
  const { origin, flags, clock } = plan
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
    return { real, server: origin, startedAt, milliseconds: clock.elapsed() - began }
  } finally {
    unlisten?.()
    transport.close()
  }
}

const serverRun = (
  { setup: { product, cases, account }, flags, clock }: Plan,
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

/** Writes what the server answers otherwise, and tries it at once. */
const saveOverlay = async (
  file: string,
  asked: Asked,
  { setup, flags }: Plan,
  outside: CommandContext
): Promise<void> => {
  const fidelity = readFidelity(flags)
  const title = `${setup.product.title} at ${asked.server}, ${asked.startedAt.slice(0, 10)}`
  const saved = await createOverlay({ setup, fidelity, real: asked.real, title })
  const text = renderOverlay(saved, fidelity)
  await writeTextTo('--save', file, text)
  const overlay = new Overlay(Object.entries(parseOverlay({ name: file, text }, outside.products).products))
  const { results } = await resultOf({ setup: { ...setup, overlay }, fidelity, ...asked })
  const left = countOutcomes(results)['mock differs']
  outside.stderr.write(
    `session-mock: ${file} is written; with --overlay ${file} ${left === 0 ? 'the mock is the same' : `${left} cases still differ`}\n`
  )
}

/** Prints the requests that would be sent if the server answered as the mock does. */
const dryRun = async (plan: Plan, { stdout }: CommandContext): Promise<number> => {
  const { setup, flags, origin } = plan
  const { product, cases, account } = setup
  const mock = createMock({ ...setup, fidelity: readFidelity(flags), account: mockAccount(account, product) })
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
  { setup: { account, cases }, flags }: Plan,
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
