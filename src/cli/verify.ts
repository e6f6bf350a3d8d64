import { formatDuration } from '../base/duration.js'
import { choice, UserError } from '../base/errors.js'
import { AbortController } from '../base/node-globals.js'
import { createRedactor, headerValue } from '../journal/redactor.js'
import { Overlay } from '../overlay/overlay.js'
import { parseOverlay, readOverlays } from '../overlay/read-overlay.js'
import type { Fidelity, Product } from '../product/product.js'
import type { Output } from '../run/log.js'
import { renderJson, reportFolder } from '../run/report.js'
import { type SystemClock, systemClock } from '../session/clock.js'
import { type Case, type CaseRequest, type Cases, readCasesOf } from '../verify/cases.js'
import { createHttpTransport, type ReceivedAnswer } from '../verify/http-transport.js'
import { RunSecrets } from '../verify/known-secrets.js'
import { createMock, waitTime } from '../verify/mock-transport.js'
import type { Run } from '../verify/player.js'
import { createRecord, readRecord, recordedRun, type ServerRecord } from '../verify/record.js'
import { readHar, replayHar } from '../verify/replay-har.js'
import { tokenOf } from '../verify/response-body.js'
import { createOverlay, renderOverlay } from '../verify/save-overlay.js'
import {
  createChoice,
  type MockSetup,
  mockAccount,
  playMocks,
  playServer,
  type ResultFacts,
  resultOf,
  type ServerRun,
  type VerifyResult
} from '../verify/verify-product.js'
import { countOutcomes, redactedResult, renderText, writeVerifyReport } from '../verify/verify-reports.js'
import { type CommandContext, exitCodes, readTextOf, writeTextTo } from './command-context.js'
import {
  productNamed,
  readAccount,
  readFidelity,
  readOrigin,
  readPause,
  readTimeout,
  type VerifyFlags
} from './command-options.js'

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

/** Sends the cases to the server. A signal stops the run and ends its sessions. The record has no secret. */
export const playOnServer = async (plan: ServerPlan, context: CommandContext): Promise<ServerRecord> => {
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
    const { product, cases, account } = plan.setup
    const { login, options, secrets: passwords } = account
    const secrets = new RunSecrets({ cases, product, login, passwords })
    const run = serverRun(plan, transport.send, stop.signal, secrets)
    const wait: ServerRun['wait'] = until => {
      progress.onWait(waitTime(until, plan.setup.product.sessions.policy.idle))
      return run.wait(until)
    }
    const real = await playServer({ ...run, wait, onCase: progress.onCase })
    const milliseconds = clock.elapsed() - began
    return createRecord({ product, real, server: origin, startedAt, milliseconds, login, options, secrets })
  } finally {
    progress.close()
    unlisten?.()
    transport.close()
  }
}

const serverRun = (
  { setup: { product, cases, account }, flags, clock }: ServerPlan,
  send: ServerRun['send'],
  stop: AbortSignal,
  secrets?: RunSecrets
): ServerRun => {
  const { idle } = product.sessions.policy
  return {
    cases,
    account,
    send,
    stop,
    secrets,
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

/** A transport that prints each request, with secrets hidden, and gets the response from the mock. */
const createPrintingTransport = (
  send: (request: CaseRequest) => Promise<ReceivedAnswer>,
  { cases, passwords, origin, print }: PrintOptions
): ((request: CaseRequest) => Promise<ReceivedAnswer>) => {
  const tokens: string[] = [cases.unknownToken]
  return async request => {
    print(renderRequest(request, origin, createRedactor({ tokens, passwords })))
    const answer = await send(request)
    const token = tokenOf(answer, cases)
    if (token !== undefined) tokens.push(token)
    return answer
  }
}

interface PrintOptions {
  readonly cases: Cases
  readonly passwords: readonly string[]
  readonly origin: string
  readonly print: (text: string) => void
}

const renderRequest = (
  { method, target, headers, body }: CaseRequest,
  origin: string,
  redact: (text: string) => string
): string => {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${headerValue(name, value, redact)}`)
  const content = body ? [...redact(body).split(/\r?\n/)].map(line => `  ${line}`) : []
  return `${[`${method} ${origin}${redact(target)}`, ...lines, ...content].join('\n')}\n`
}

interface VerifyProgress {
  readonly onCase: (each: Case) => void
  /** Called before a wait for an expiry. */
  readonly onWait: (ms: number) => void
  /** Called before an early stop, in which sessions are ended. */
  readonly onStop: () => void
  /** Clears the line. */
  close(): void
}

/** A progress line on a terminal; elsewhere only a line for each long wait. */
const createVerifyProgress = (total: number, output: Output): VerifyProgress => {
  let done = 0
  const show = (text: string) => output.write(output.isTTY ? `\r\u001b[K${text}` : '')
  return {
    onCase: ({ name }) => {
      done += 1
      show(`${done} of ${total}: ${name}`)
    },
    onWait: ms => {
      const text = `waiting ${formatDuration(ms)} for the expiry of a session`
      output.write(output.isTTY ? `\r\u001b[K${text}` : `session-mock: ${text}\n`)
    },
    onStop: () => show('ending the sessions'),
    close: () => show('')
  }
}

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
