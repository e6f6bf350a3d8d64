import type { Fidelity, Product } from '../product/product.js'
import {
  address,
  duration,
  fidelity,
  hostNames,
  listeners,
  oneOf,
  type Parse,
  path,
  port,
  scenario,
  someProducts,
  type TlsFault,
  tlsFaults,
  token,
  trueOrFalse,
  wholeNumber
} from './setting-values.js'

/** Under which headings the help and the README list the settings, in this order. */
export const settingGroups = ['Where it listens', 'TLS', 'What it serves', 'Control', 'Limits', 'Log'] as const

export interface Setting<Value> {
  readonly group: (typeof settingGroups)[number]
  /** What stands for the value in the help, such as `<number>`. */
  readonly placeholder: string
  readonly fallback: Value
  /** The default in words, where the value does not say itself. */
  readonly fallbackWords?: string
  readonly help: string
  /** Another variable that is honoured after the setting's own. */
  readonly alias?: string
  /** May be given several times, or separated by commas. */
  readonly repeatable?: true
  /** On or off: the flag takes no value, and where the default is on, it says no. */
  readonly onOff?: true
  /** What others put into the setting's own variable: read as though it were unset. */
  readonly foreign?: RegExp
  /** Only the command has it: there is no such option of `start`. */
  readonly commandOnly?: true
  /** Never shown, not even where it is refused. */
  readonly secret?: true
  readonly parse: Parse<Value>
}

/** Kubernetes puts this into every pod beside a service that is called session-mock, session-mock-admin or the like. */
export const kubernetesService = /^(?:tcp|udp|sctp):\/\//

const setting = <Value>(row: Setting<Value>): Setting<Value> => row

/** Every setting of the server: its flag is its name with hyphens, its variable the same in capitals after `SESSION_MOCK_`. */
export const settings = {
  port: setting({
    group: 'Where it listens',
    placeholder: '<number>',
    fallback: 4100,
    alias: 'PORT',
    foreign: kubernetesService,
    help: 'The port that serves all products; 0 picks a free one',
    parse: port
  }),
  host: setting({
    group: 'Where it listens',
    placeholder: '<address>',
    fallback: 'localhost',
    help: 'The address to listen on; localhost is 127.0.0.1 and, where there is IPv6, ::1; 0.0.0.0 is every IPv4 address of the machine, :: every address',
    parse: address
  }),
  listen: setting({
    group: 'Where it listens',
    placeholder: '<product=port[@space]>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: 'Gives one product a port of its own, beside the port that serves all; cbrain=3000@w4 leads to the space w4',
    parse: listeners
  }),
  httpsPort: setting<number | undefined>({
    group: 'TLS',
    placeholder: '<number>',
    fallback: undefined,
    fallbackWords: 'none',
    foreign: kubernetesService,
    help: 'A port that serves the same over HTTPS; 0 picks a free one',
    parse: port
  }),
  tlsCert: setting<string | undefined>({
    group: 'TLS',
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'one is made',
    help: 'The certificate, in PEM, with those that lead to its authority; goes with its key',
    parse: path
  }),
  tlsKey: setting<string | undefined>({
    group: 'TLS',
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'one is made',
    help: 'The key of the certificate, in PEM, without a passphrase',
    parse: path
  }),
  tlsNames: setting<readonly string[]>({
    group: 'TLS',
    placeholder: '<names>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: "Host names and addresses that a certificate made here is for, beside localhost, 127.0.0.1, ::1 and the host's name",
    parse: hostNames
  }),
  tlsDir: setting<string | undefined>({
    group: 'TLS',
    placeholder: '<folder>',
    fallback: undefined,
    fallbackWords: 'made anew at each start',
    help: 'Where the authority and the certificate that are made here are kept',
    parse: path
  }),
  tlsClientCa: setting<string | undefined>({
    group: 'TLS',
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'clients need none',
    help: 'The authority, in PEM, that clients must have a certificate of',
    parse: path
  }),
  tlsMin: setting({
    group: 'TLS',
    placeholder: '<version>',
    fallback: '1.2' as const,
    help: 'The oldest version of TLS that is spoken: 1.2 or 1.3',
    parse: oneOf('1.2', '1.3')
  }),
  tlsFault: setting<TlsFault | undefined>({
    group: 'TLS',
    placeholder: '<fault>',
    fallback: undefined,
    fallbackWords: 'none',
    help: 'What is wrong with the certificate on purpose: expired, wrong-host, self-signed or untrusted',
    parse: oneOf(...tlsFaults)
  }),
  products: setting<readonly Product[] | undefined>({
    group: 'What it serves',
    placeholder: '<names>',
    fallback: undefined,
    fallbackWords: 'all',
    repeatable: true,
    help: 'The products to serve',
    parse: someProducts
  }),
  fidelity: setting<Readonly<Record<string, Fidelity>>>({
    group: 'What it serves',
    placeholder: '<[product=]word>',
    fallback: {},
    fallbackWords: 'documented',
    repeatable: true,
    help: '"documented" does what the published document says, "observed" what the real server was seen to do; for all products, or for one',
    parse: fidelity
  }),
  accounts: setting({
    group: 'What it serves',
    placeholder: '<word>',
    fallback: 'listed' as const,
    help: 'Who may log in: "listed" are the accounts there are, "any" is anyone with any password',
    parse: oneOf('listed', 'any')
  }),
  scenario: setting({
    group: 'What it serves',
    placeholder: '<file|name|text>',
    fallback: 'default',
    help: 'The scenario: a file, the name of a shipped one, or the text itself',
    parse: scenario
  }),
  watch: setting({
    group: 'What it serves',
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Reads the scenario file again when it changes; open sessions live on',
    parse: trueOrFalse
  }),
  prefer: setting({
    group: 'What it serves',
    placeholder: '',
    fallback: true,
    fallbackWords: 'requests may',
    onOff: true,
    help: 'Requests may not ask for effects themselves, by a Prefer header',
    parse: trueOrFalse
  }),
  adminPort: setting<number | undefined>({
    group: 'Control',
    placeholder: '<number>',
    fallback: undefined,
    fallbackWords: 'beside the products',
    foreign: kubernetesService,
    help: 'A port of its own for the control API, /__admin, which is then not beside the products',
    parse: port
  }),
  adminToken: setting<string | undefined>({
    group: 'Control',
    placeholder: '<text>',
    fallback: undefined,
    fallbackWords: 'none is asked for',
    help: 'The bearer token that the control API asks for',
    secret: true,
    parse: token
  }),
  showSecrets: setting({
    group: 'Control',
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'The journal shows passwords and tokens whole',
    parse: trueOrFalse
  }),
  exitWithParent: setting({
    group: 'Control',
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    commandOnly: true,
    help: 'Stops when the standard input closes or the parent process ends, for test runners that may be killed',
    parse: trueOrFalse
  }),
  strict: setting({
    group: 'Control',
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'At the end, prints failed verdicts and rules that never played, and exits 4 if there are any',
    parse: trueOrFalse
  }),
  report: setting<string | undefined>({
    group: 'Control',
    placeholder: '<folder>',
    fallback: undefined,
    fallbackWords: 'none is written',
    commandOnly: true,
    help: 'At the end, writes run.json, journal.har and verdicts.junit.xml into this folder',
    parse: path
  }),
  journal: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 10_000,
    help: 'How many requests the journal of each space holds; the oldest make room',
    parse: wholeNumber(0, 10_000_000, 'a whole number from 0 to 10000000')
  }),
  journalBytes: setting({
    group: 'Limits',
    placeholder: '<bytes>',
    fallback: 268_435_456,
    help: 'How many bytes the journals of all spaces hold together; the oldest requests of the largest journal make room',
    parse: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number of bytes')
  }),
  spaceIdle: setting({
    group: 'Limits',
    placeholder: '<duration>',
    fallback: 1_800_000,
    fallbackWords: '30m',
    help: 'A space that no request has used for this long goes away',
    parse: duration
  }),
  bodyLimit: setting({
    group: 'Limits',
    placeholder: '<bytes>',
    fallback: 1_048_576,
    help: 'The largest body that a request may have',
    parse: wholeNumber(1, 1_073_741_824, 'a whole number of bytes from 1 to 1073741824')
  }),
  maxConnections: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 20_000,
    help: 'How many connections each port holds at once; more are closed as they come',
    parse: wholeNumber(1, 1_000_000, 'a whole number from 1 to 1000000')
  }),
  maxPipelined: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 100,
    help: 'How many requests of a connection may wait for the response before theirs; with more, it is not read from',
    parse: wholeNumber(1, 1_000_000, 'a whole number from 1 to 1000000')
  }),
  maxHeaderSize: setting({
    group: 'Limits',
    placeholder: '<bytes>',
    fallback: 16_384,
    help: 'How large the request line and the headers of a request may be together',
    parse: wholeNumber(1024, 1_048_576, 'a whole number of bytes from 1024 to 1048576')
  }),
  headersTimeout: setting({
    group: 'Limits',
    placeholder: '<duration>',
    fallback: 60_000,
    fallbackWords: '1m',
    help: 'How long a client may take to send its headers, from when it connects or begins its next request',
    parse: duration
  }),
  requestTimeout: setting({
    group: 'Limits',
    placeholder: '<duration>',
    fallback: 120_000,
    fallbackWords: '2m',
    help: 'How long a client may take to send a whole request, its headers included',
    parse: duration
  }),
  keepAliveTimeout: setting({
    group: 'Limits',
    placeholder: '<duration>',
    fallback: 72_000,
    fallbackWords: '72s',
    help: 'How long a connection may be idle after an answer',
    parse: duration
  }),
  remember: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 10_000,
    help: 'How many ended sessions of each product are remembered, so that a refusal can say why; the oldest are forgotten first',
    parse: wholeNumber(0, 10_000_000, 'a whole number from 0 to 10000000')
  }),
  log: setting({
    group: 'Log',
    placeholder: '<form>',
    fallback: 'auto' as const,
    help: 'The form of the log: "pretty" for people, "json" for programs; "auto" greets people, and then is pretty on a terminal, JSON elsewhere',
    parse: oneOf('auto', 'pretty', 'json')
  }),
  logLevel: setting({
    group: 'Log',
    placeholder: '<level>',
    fallback: 'info' as const,
    help: 'The least that is logged: trace, debug, info, warn, error, fatal or silent',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
  }),
  logFile: setting<string | undefined>({
    group: 'Log',
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'the standard output; with exec the standard error',
    commandOnly: true,
    help: 'The file that the log is appended to',
    parse: path
  })
}

export type SettingName = keyof typeof settings
export type Settings = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer Value> ? Value : never
}

export const settingNames = Object.keys(settings) as SettingName[]

/** `logLevel` is `--log-level`; what is on by default has a flag that says no. */
export const flagOf = (name: SettingName): string => {
  const { onOff, fallback }: Setting<unknown> = settings[name]
  return `--${onOff && fallback === true ? 'no-' : ''}${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** `logLevel` is `SESSION_MOCK_LOG_LEVEL`. */
export const variableOf = (name: SettingName): string =>
  `${variablePrefix}${name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`

export const variablePrefix = 'SESSION_MOCK_'

/** The default, in words. */
export const fallbackOf = (name: SettingName): string => {
  const { fallbackWords, fallback } = settings[name]
  return fallbackWords ?? String(fallback)
}
