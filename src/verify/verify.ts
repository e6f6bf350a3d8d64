import type { Overlay } from '../overlay/overlay.js'
import type { Fidelity, Product } from '../product/product.js'
import type { AccountDocument } from '../state/accounts.js'
import type { SystemClock } from '../state/clock.js'
import type { ReceivedAnswer } from './answer.js'
import type { Case, CaseRequest, Cases } from './case.js'
import type { Values } from './fill.js'
import { createMock } from './mock-transport.js'
import { type PlayOptions, playCases, type Run } from './player.js'
import type { VerifyResult } from './result.js'
import { compareRuns } from './verdict.js'

/** The account for server and mock. */
export interface VerifyAccount {
  readonly login: string
  readonly password: string
  /** Options of the product, such as an account number, by placeholder. */
  readonly options: Values
  /** The password, and secret options. */
  readonly secrets: readonly string[]
}

export interface MockSetup {
  readonly product: Product
  readonly cases: Cases
  readonly account: VerifyAccount
  /** The server uses TLS. */
  readonly secure: boolean
  readonly overlay?: Overlay | undefined
}

export interface ServerRun {
  readonly cases: Cases
  readonly account: VerifyAccount
  readonly send: (request: CaseRequest) => Promise<ReceivedAnswer>
  readonly skip: (each: Case) => string | undefined
  readonly wait: PlayOptions['wait']
  readonly onCase?: PlayOptions['onCase']
  readonly systemClock: SystemClock
  /** Milliseconds between two requests. */
  readonly pause: number
  readonly stop: AbortSignal
}

/** Sends the cases to a real server, one request at a time, with a pause between them. */
export const playServer = ({ account, send, systemClock, pause, stop, ...rest }: ServerRun): Promise<Run> => {
  let isFirst = true
  const sendWithPause = async (request: CaseRequest) => {
    if (!isFirst && pause > 0) await systemClock.sleep(pause, stop)
    isFirst = false
    return send(request)
  }
  return playCases({ ...rest, account: valuesOf(account), send: sendWithPause, stop, strict: true })
}

/** Sends the cases to the mock, in both fidelities. */
export const playMocks = async (setup: MockSetup): Promise<Readonly<Record<Fidelity, Run>>> => {
  const [documented, observed] = await Promise.all([playMock(setup, 'documented'), playMock(setup, 'observed')])
  return { documented, observed }
}

const playMock = ({ product, cases, account, secure, overlay }: MockSetup, fidelity: Fidelity): Promise<Run> => {
  const mock = createMock({ product, fidelity, account: mockAccount(account, product), secure, overlay })
  return playCases({ cases, account: valuesOf(account), send: mock.send, skip: () => undefined, wait: mock.wait })
}

/** The account of the mock. Options that the product does not know are placeholders only. */
export const mockAccount = ({ login, password, options }: VerifyAccount, product: Product): AccountDocument => {
  const own = Object.entries(options).filter(([name]) => propertyOf(product, name) !== undefined)
  const data = own.map(([name, value]) => [name, isNumber(product, name) ? Number(value) : value] as const)
  return { login, password, ...(data.length > 0 && { [product.name]: Object.fromEntries(data) }) }
}

const propertyOf = ({ accounts: { schema } }: Product, name: string): unknown =>
  typeof schema === 'object' && schema.properties !== undefined && Object.hasOwn(schema.properties, name)
    ? schema.properties[name]
    : undefined

const isNumber = (product: Product, name: string): boolean => {
  const schema = propertyOf(product, name)
  return typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'integer'
}

const valuesOf = ({ login, password, options }: VerifyAccount): Values => ({
  ...options,
  login,
  password,
  basic: Buffer.from(`${login}:${password}`).toString('base64'),
  'wrong password': 'session-mock-wrong-password',
  'unknown login': 'session-mock-nobody'
})

export interface ResultFacts {
  readonly setup: MockSetup
  readonly fidelity: Fidelity
  readonly real: Run
  readonly server: string
  readonly startedAt: string
  readonly milliseconds: number
}

/** Compares the run of the server with the mock and the documentation. */
export const resultOf = async ({ setup, fidelity, real, ...facts }: ResultFacts): Promise<VerifyResult> => {
  const { product, overlay } = setup
  const cases = withTokenShape(setup)
  const plain = overlay && (await playMocks({ ...setup, overlay: undefined }))
  return {
    ...facts,
    product,
    cases,
    fidelity,
    results: await compareRuns({ cases, real, mocks: await playMocks(setup), plain, fidelity }),
    sessions: real.sessions,
    stopped: real.stopped
  }
}

/** The cases with the form of tokens of the overlay. */
const withTokenShape = ({ cases, product, overlay }: MockSetup): Cases => {
  const token = overlay?.shapes.get(product.name)
  return token === undefined ? cases : { ...cases, patterns: { ...cases.patterns, token, 'dead token': token } }
}
