import { formatDuration } from '../base/duration.js'
import { AbortController } from '../base/node-globals.js'
import { createRedactor, headerValue } from '../journal/redactor.js'
import type { Output } from '../log/log.js'
import type { SystemClock } from '../state/clock.js'
import type { ReceivedAnswer } from '../verify/answer.js'
import { tokenOf } from '../verify/body.js'
import type { Case, CaseRequest, Cases } from '../verify/case.js'
import { createHttpTransport } from '../verify/http-transport.js'
import { createMock, waitTime } from '../verify/mock-transport.js'
import { createRecord, type ServerRecord } from '../verify/record.js'
import { RunSecrets } from '../verify/secrets.js'
import {
  createChoice,
  type MockSetup,
  mockAccount,
  playServer,
  type ResultFacts,
  type ServerRun
} from '../verify/verify.js'
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
