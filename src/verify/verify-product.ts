import { formatDuration } from '../base/duration.js'
import { type Overlay, shapeOf } from '../overlay/overlay.js'
import { type Fidelity, fidelities, type Product } from '../product/product.js'
import type { AccountDocument } from '../session/accounts.js'
import type { SystemClock } from '../session/clock.js'
import type { Case, CaseRequest, Cases } from './cases.js'
import { compareAnswers, type Difference, documentReference, mockReference } from './compare.js'
import type { ReceivedAnswer } from './http-transport.js'
import { RunSecrets } from './known-secrets.js'
import { createMock } from './mock-transport.js'
import { type Observation, type PlayOptions, playCases, type Run } from './player.js'
import { placeholdersOf, tokenOf, type Values } from './response-body.js'

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
  /** Undefined for a server that is none. */
  readonly secrets: RunSecrets | undefined
}

/** Sends the cases to a real server, one request at a time, with a pause between them. */
export const playServer = ({ account, send, systemClock, pause, stop, ...rest }: ServerRun): Promise<Run> => {
  let isFirst = true
  const sendWithPause = async (request: CaseRequest) => {
    if (!isFirst && pause > 0) await systemClock.sleep(pause, stop)
    isFirst = false
    return send(request)
  }
  return playCases({ ...rest, account: valuesOf(account), send: sendWithPause, stop })
}

/** Sends the cases to the mock, in both fidelities. The responses have no secret either, so that they compare as those of the server. */
export const playMocks = async (setup: MockSetup): Promise<Readonly<Record<Fidelity, Run>>> => {
  const [documented, observed] = await Promise.all([playMock(setup, 'documented'), playMock(setup, 'observed')])
  return { documented, observed }
}

const playMock = async ({ product, cases, account, secure, overlay }: MockSetup, fidelity: Fidelity): Promise<Run> => {
  const { login } = account
  const known = { ...account, password: mockPassword }
  const mock = createMock({ product, fidelity, account: mockAccount(known, product), secure, overlay })
  const secrets = new RunSecrets({ cases, login, passwords: [mockPassword, ...account.secrets] })
  const send = async (request: CaseRequest) => {
    const answer = await mock.send(request)
    secrets.note(answer)
    return answer
  }
  const run = await playCases({ cases, account: valuesOf(known), send, skip: () => undefined, wait: mock.wait })
  const observations = run.observations.map(each => ({
    ...each,
    answer: each.answer && secrets.hideAnswer(each.answer)
  }))
  return { ...run, observations }
}

/** A password that no server echoes: that of the account stays out of the mock. */
const mockPassword = 'password-of-the-mock'

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

/** The result of a run. */
export interface VerifyResult {
  readonly product: Pick<Product, 'name' | 'title'>
  readonly cases: Cases
  /** The server, or the file with its responses. */
  readonly server: string
  readonly fidelity: Fidelity
  /** ISO 8601. */
  readonly startedAt: string
  readonly milliseconds: number
  readonly results: readonly CaseResult[]
  /** Undefined without a server. */
  readonly sessions: Run['sessions'] | undefined
  /** The reason of an early stop. */
  readonly stopped: string | undefined
}

export interface ResultFacts {
  readonly setup: MockSetup
  readonly fidelity: Fidelity
  readonly real: Run
  readonly server: string
  readonly startedAt: string
  readonly milliseconds: number
}

/** Compares the run of the server with the mock and the documentation. `plain`: the mock without an overlay. */
export const resultOf = async (
  { setup, fidelity, real, ...facts }: ResultFacts,
  plain: Readonly<Record<Fidelity, Run>>
): Promise<VerifyResult> => {
  const { product, overlay } = setup
  const cases = withTokenShape(setup)
  const compared = overlay ? { mocks: await playMocks(setup), plain } : { mocks: plain }
  return {
    ...facts,
    product,
    cases,
    fidelity,
    results: compareRuns({ cases, real, fidelity, ...compared }),
    sessions: real.sessions,
    stopped: real.stopped
  }
}

/** The cases with the form of tokens of the overlay. */
const withTokenShape = ({ cases, product, overlay }: MockSetup): Cases => {
  const token = overlay?.shapes.get(product.name)
  return token === undefined ? cases : { ...cases, patterns: { ...cases.patterns, token, 'dead token': token } }
}

/** The comparison of server, mock and documentation for a case. */
export interface CaseResult {
  readonly case: Case
  readonly outcome: 'same' | 'mock differs' | 'no answer' | 'not sent'
  /** The reason why it was not sent or not answered. */
  readonly why: string | undefined
  /** Differences of the server from the mock, in the chosen fidelity. */
  readonly differences: readonly Difference[]
  /** The alternative in which a differing mock is right: the other fidelity, or no overlay. */
  readonly rightIn: RightIn | undefined
  /** Differences of the server from the documentation; undefined without a documented response. */
  readonly document: readonly Difference[] | undefined
  /** The response of the server. */
  readonly answer: ReceivedAnswer | undefined
  /** The response of the mock, in the chosen fidelity. */
  readonly mock: ReceivedAnswer | undefined
}

/** An alternative in which the mock is right. */
export type RightIn = Fidelity | 'no overlay'

interface CompareOptions {
  readonly cases: Cases
  readonly real: Run
  readonly mocks: Readonly<Record<Fidelity, Run>>
  /** The mock without the overlay, if there is one. */
  readonly plain?: Readonly<Record<Fidelity, Run>> | undefined
  readonly fidelity: Fidelity
}

interface ShapedOptions extends CompareOptions {
  /** The form of the tokens of the server, if it is another one. */
  readonly shape: string | undefined
}

/** Compares the responses of the server with those of the mock and of the documentation. */
const compareRuns = (options: CompareOptions): CaseResult[] => {
  const shape = otherShape(options.real, options.cases)
  return options.real.observations.map(observation => compareCase(observation, { ...options, shape }))
}

const compareCase = (observation: Observation, options: ShapedOptions): CaseResult => {
  const { answer, case: each, lost, skipped } = observation
  const mock = observed(options.mocks[options.fidelity], each)?.answer
  const nothing = { case: each, differences: [], rightIn: undefined, document: [], answer, mock }
  if (!answer) return { ...nothing, outcome: lost === undefined ? 'not sent' : 'no answer', why: lost ?? skipped }
  const differences = differencesFrom(options.fidelity, observation, answer, options)
  const rightIn = differences.length > 0 ? findRight(observation, answer, options) : undefined
  const document = compareAnswers(documentReference(each.expect.documented), answer, scopeOf(observation, options))
  const outcome = differences.length === 0 ? 'same' : 'mock differs'
  return { ...nothing, outcome, why: undefined, differences, rightIn, document }
}

const findRight = (observation: Observation, answer: ReceivedAnswer, options: ShapedOptions): RightIn | undefined => {
  const { plain, fidelity } = options
  const isRight = (fidelity: Fidelity, mocks: CompareOptions['mocks']) =>
    differencesFrom(fidelity, observation, answer, { ...options, mocks }).length === 0
  for (const other of fidelities) if (other !== fidelity && isRight(other, options.mocks)) return other
  return plain && isRight(fidelity, plain) ? 'no overlay' : undefined
}

const observed = ({ observations }: Run, each: Case): Observation | undefined =>
  observations.find(observation => observation.case.name === each.name)

const differencesFrom = (
  fidelity: Fidelity,
  observation: Observation,
  answer: ReceivedAnswer,
  options: ShapedOptions
): Difference[] => {
  const { cases, mocks } = options
  const played = observed(mocks[fidelity], observation.case)
  if (!played?.answer) return []
  const reference = mockReference(played.answer, observation.case.expect[fidelity], {
    ...scopeOf(played, options),
    volatileHeaders: cases.volatileHeaders
  })
  return [
    ...compareAnswers(reference, answer, scopeOf(observation, options)),
    ...tokenShape(observation, answer, options)
  ]
}

/** The values and patterns of a comparison. */
export const scopeOf = ({ values, changing = [] }: Observation, { cases }: { readonly cases: Cases }) => ({
  values,
  patterns: cases.patterns,
  changing: new Set(changing)
})

/** A new token with another form than that of the mock. */
const tokenShape = (
  { case: each }: Observation,
  answer: ReceivedAnswer,
  { cases, shape }: ShapedOptions
): Difference[] => {
  const isNew = each.opens && tokenOf(answer, cases) !== undefined
  if (!isNew || shape === undefined) return []
  return [{ kind: 'token shape', place: 'token', expected: cases.patterns.token, found: shape }]
}

/** The form of all tokens that the server issued, if it differs from that of the product. */
export const otherShape = ({ observations }: Run, cases: Cases): string | undefined => {
  const tokens = observations.flatMap(({ case: each, answer }) =>
    each.opens && answer ? (tokenOf(answer, cases) ?? []) : []
  )
  const usual = new RegExp(`^(?:${cases.patterns.token})$`)
  return tokens.every(token => usual.test(token)) ? undefined : shapeOf(tokens)
}

interface ChoiceOptions {
  /** Send one wrong password. */
  readonly wrongPassword: boolean
  /** Wait for the expiry of idle sessions. */
  readonly waitExpiry: boolean
  /** Idle timeout of a session, in milliseconds. */
  readonly idle: number
}

/** For each case, in order: the reason not to send it to a real server, or undefined. */
export const createChoice = ({
  wrongPassword,
  waitExpiry,
  idle
}: ChoiceOptions): ((each: Case) => string | undefined) => {
  let wrongSent = false
  return ({ unsafe, step, request }) => {
    if (unsafe !== undefined) return unsafe
    if (step === 'expiry' && !waitExpiry) return `it takes ${formatDuration(idle)}: --wait-expiry`
    const isWrong = placeholdersOf(request).some(name => name === 'wrong password' || name === 'unknown login')
    if (!isWrong) return undefined
    if (!wrongPassword) return 'it sends a wrong password: --no-wrong-password'
    if (wrongSent) return 'a wrong password was sent already'
    wrongSent = true
    return undefined
  }
}
