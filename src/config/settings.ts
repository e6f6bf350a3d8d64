import type { Fidelity, Product } from '../product/product.js'
import {
  address,
  duration,
  fidelity,
  hostNames,
  keyPrefix,
  listeners,
  oneOf,
  type Parse,
  path,
  paths,
  port,
  scenario,
  someProducts,
  storeUrl,
  type TlsFault,
  tlsFaults,
  token,
  trueOrFalse,
  wholeNumber
} from './setting-values.js'
import type { StoreAddress } from './store-url.js'

/** Headings of the settings in the help and in docs/settings.md, in this order. */
export const settingGroups = ['Listeners', 'TLS', 'Behaviour', 'Control and reports', 'Store', 'Limits', 'Log'] as const

export interface Setting<Value> {
  readonly group: (typeof settingGroups)[number]
  /** The placeholder of the value in the help, such as `<number>`. */
  readonly placeholder: string
  readonly fallback: Value
  /** The default in words, for values without a plain text form. */
  readonly fallbackWords?: string
  readonly help: string
  /** Another variable that is honoured after the setting's own. */
  readonly alias?: string
  /** May be given several times, or separated by commas. */
  readonly repeatable?: true
  /** On or off: a flag without a value; `--no-…` for a default of on. */
  readonly onOff?: true
  /** Values of the variable set by other programs: treated as unset. */
  readonly foreign?: RegExp
  /** Only the command has it: there is no such option of `start`. */
  readonly commandOnly?: true
  /** Never shown, not even in error messages. */
  readonly secret?: true
  readonly parse: Parse<Value>
}

/** Kubernetes puts this into every pod beside a service that is called session-mock, session-mock-admin or the like. */
export const kubernetesService = /^(?:tcp|udp|sctp):\/\//

const setting = <Value>(row: Setting<Value>): Setting<Value> => row

/** Every setting of the server: its flag is its name with hyphens, its variable the same in capitals after `SESSION_MOCK_`. */
export const settings = {
  port: setting({
    group: 'Listeners',
    placeholder: '<number>',
    fallback: 4100,
    alias: 'PORT',
    foreign: kubernetesService,
    help: 'Port of all products; 0 picks a free port',
    parse: port
  }),
  host: setting({
    group: 'Listeners',
    placeholder: '<address>',
    fallback: 'localhost',
    help: 'Address to listen on; localhost is 127.0.0.1 and, with IPv6, ::1; 0.0.0.0 is every IPv4 address of the machine, :: every address',
    parse: address
  }),
  listen: setting({
    group: 'Listeners',
    placeholder: '<product=port[@space]>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: 'Additional port for one product; cbrain=3000@w4 leads to the space w4',
    parse: listeners
  }),
  httpsPort: setting<number | undefined>({
    group: 'TLS',
    placeholder: '<number>',
    fallback: undefined,
    fallbackWords: 'none',
    foreign: kubernetesService,
    help: 'Port for HTTPS, beside HTTP; 0 picks a free port',
    parse: port
  }),
  tlsCert: setting<string | undefined>({
    group: 'TLS',
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'generated',
    help: 'Certificate chain in PEM; requires --tls-key',
    parse: path
  }),
  tlsKey: setting<string | undefined>({
    group: 'TLS',
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'generated',
    help: 'Private key of the certificate in PEM, without a passphrase',
    parse: path
  }),
  tlsNames: setting<readonly string[]>({
    group: 'TLS',
    placeholder: '<names>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: "Subject names of the generated certificate, in addition to localhost, 127.0.0.1, ::1 and the machine's host name",
    parse: hostNames
  }),
  tlsDir: setting<string | undefined>({
    group: 'TLS',
    placeholder: '<folder>',
    fallback: undefined,
    fallbackWords: 'new at each start',
    help: 'Folder for the generated authority and certificate',
    parse: path
  }),
  tlsClientCa: setting<string | undefined>({
    group: 'TLS',
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'no client certificates',
    help: 'Authority in PEM; clients must present a certificate signed by it',
    parse: path
  }),
  tlsMin: setting({
    group: 'TLS',
    placeholder: '<version>',
    fallback: '1.2' as const,
    help: 'Minimum TLS version: 1.2 or 1.3',
    parse: oneOf('1.2', '1.3')
  }),
  tlsFault: setting<TlsFault | undefined>({
    group: 'TLS',
    placeholder: '<fault>',
    fallback: undefined,
    fallbackWords: 'none',
    help: 'Deliberate fault of the certificate: expired, wrong-host, self-signed or untrusted',
    parse: oneOf(...tlsFaults)
  }),
  products: setting<readonly Product[] | undefined>({
    group: 'Behaviour',
    placeholder: '<names>',
    fallback: undefined,
    fallbackWords: 'all',
    repeatable: true,
    help: 'Products to serve',
    parse: someProducts
  }),
  fidelity: setting<Readonly<Record<string, Fidelity>>>({
    group: 'Behaviour',
    placeholder: '<[product=]word>',
    fallback: {},
    fallbackWords: 'documented',
    repeatable: true,
    help: '"documented" follows the published documents, "observed" the recorded behaviour of real servers; for all products or for one',
    parse: fidelity
  }),
  accounts: setting({
    group: 'Behaviour',
    placeholder: '<word>',
    fallback: 'listed' as const,
    help: 'Who may log in: "listed" accounts only, or "any" login with any password',
    parse: oneOf('listed', 'any')
  }),
  scenario: setting({
    group: 'Behaviour',
    placeholder: '<file|name|text>',
    fallback: 'default',
    help: 'Scenario: a file, the name of a shipped scenario, or the text itself',
    parse: scenario
  }),
  watch: setting({
    group: 'Behaviour',
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Reload the scenario file on changes; open sessions are kept',
    parse: trueOrFalse
  }),
  overlay: setting<readonly string[]>({
    group: 'Behaviour',
    placeholder: '<files>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: 'Overlay: answers of a real server, laid over those of the products',
    parse: paths
  }),
  prefer: setting({
    group: 'Behaviour',
    placeholder: '',
    fallback: true,
    fallbackWords: 'honoured',
    onOff: true,
    help: 'Ignore Prefer headers',
    parse: trueOrFalse
  }),
  adminPort: setting<number | undefined>({
    group: 'Control and reports',
    placeholder: '<number>',
    fallback: undefined,
    fallbackWords: 'the port of the products',
    foreign: kubernetesService,
    help: 'Separate port for the control API, /__admin, instead of the port of the products',
    parse: port
  }),
  adminToken: setting<string | undefined>({
    group: 'Control and reports',
    placeholder: '<text>',
    fallback: undefined,
    fallbackWords: 'none required',
    help: 'Bearer token required by the control API',
    secret: true,
    parse: token
  }),
  dashboard: setting({
    group: 'Control and reports',
    placeholder: '',
    fallback: true,
    fallbackWords: 'served',
    onOff: true,
    help: 'Disable the dashboard, the page at /__admin/',
    parse: trueOrFalse
  }),
  showSecrets: setting({
    group: 'Control and reports',
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Show passwords and tokens in the journal, events and reports',
    parse: trueOrFalse
  }),
  exitWithParent: setting({
    group: 'Control and reports',
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    commandOnly: true,
    help: 'Stop when the standard input closes or the parent process ends; for test runners that may be killed',
    parse: trueOrFalse
  }),
  strict: setting({
    group: 'Control and reports',
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'At the end, print failed verdicts and rules that never played, and exit 4 if there are any',
    parse: trueOrFalse
  }),
  report: setting<string | undefined>({
    group: 'Control and reports',
    placeholder: '<folder>',
    fallback: undefined,
    fallbackWords: 'none',
    commandOnly: true,
    help: 'At the end, write run.json, journal.har and verdicts.junit.xml into this folder',
    parse: path
  }),
  store: setting<StoreAddress | undefined>({
    group: 'Store',
    placeholder: '<url>',
    fallback: undefined,
    fallbackWords: 'the memory of this process',
    help: 'Share the spaces with other replicas through Valkey or Redis: redis://host:6379/0, rediss://, valkey://, valkeys:// or unix:///run/valkey.sock?db=0, with user and password where needed',
    secret: true,
    parse: storeUrl
  }),
  storePrefix: setting({
    group: 'Store',
    placeholder: '<text>',
    fallback: 'session-mock',
    help: 'Prefix of all keys in the store; replicas with the same prefix share their spaces',
    parse: keyPrefix
  }),
  storeTtl: setting({
    group: 'Store',
    placeholder: '<duration>',
    fallback: 86_400_000,
    fallbackWords: '24h',
    help: 'Time without a request after which the store forgets a space; it ends no session',
    parse: duration
  }),
  storeReset: setting({
    group: 'Store',
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Remove everything under the prefix at the start',
    parse: trueOrFalse
  }),
  storeCa: setting<string | undefined>({
    group: 'Store',
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'the authorities of Node.js',
    help: 'Authority in PEM that signed the certificate of the store, for rediss:// and valkeys://',
    parse: path
  }),
  journal: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 10_000,
    help: 'Requests in the journal of each space; the oldest are dropped',
    parse: wholeNumber(0, 10_000_000, 'a whole number from 0 to 10000000')
  }),
  journalBytes: setting({
    group: 'Limits',
    placeholder: '<bytes>',
    fallback: 268_435_456,
    help: 'Bytes in the journals of all spaces together; the oldest requests of the largest journal are dropped',
    parse: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number of bytes')
  }),
  spaceIdle: setting({
    group: 'Limits',
    placeholder: '<duration>',
    fallback: 1_800_000,
    fallbackWords: '30m',
    help: 'Idle time after which an unused space is removed',
    parse: duration
  }),
  maxSpaces: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 10_000,
    help: 'Maximum number of spaces beside the default one; the longest idle is dropped, unless it has held or delayed requests',
    parse: wholeNumber(1, 10_000_000, 'a whole number from 1 to 10000000')
  }),
  maxSessions: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 2_000_000,
    help: 'Maximum number of open sessions of a space; one of the longest idle is evicted',
    parse: wholeNumber(1, 100_000_000, 'a whole number from 1 to 100000000')
  }),
  maxNames: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 1_000_000,
    help: 'Logins for which a space keeps the counts of rules and of a seed; those of the longest idle start again',
    parse: wholeNumber(1, 100_000_000, 'a whole number from 1 to 100000000')
  }),
  bodyLimit: setting({
    group: 'Limits',
    placeholder: '<bytes>',
    fallback: 1_048_576,
    help: 'Maximum size of a request body',
    parse: wholeNumber(1, 1_073_741_824, 'a whole number of bytes from 1 to 1073741824')
  }),
  maxConnections: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 20_000,
    help: 'Maximum number of connections per port; further ones are closed',
    parse: wholeNumber(1, 1_000_000, 'a whole number from 1 to 1000000')
  }),
  maxPipelined: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 100,
    help: 'Maximum number of pipelined requests per connection; beyond it, reading pauses',
    parse: wholeNumber(1, 1_000_000, 'a whole number from 1 to 1000000')
  }),
  maxHeaderSize: setting({
    group: 'Limits',
    placeholder: '<bytes>',
    fallback: 16_384,
    help: 'Maximum size of the request line and headers',
    parse: wholeNumber(1024, 1_048_576, 'a whole number of bytes from 1024 to 1048576')
  }),
  headersTimeout: setting({
    group: 'Limits',
    placeholder: '<duration>',
    fallback: 60_000,
    fallbackWords: '1m',
    help: 'Time limit for the headers of a request, from the connection or the first byte of the next request',
    parse: duration
  }),
  requestTimeout: setting({
    group: 'Limits',
    placeholder: '<duration>',
    fallback: 120_000,
    fallbackWords: '2m',
    help: 'Time limit for a whole request, headers included',
    parse: duration
  }),
  keepAliveTimeout: setting({
    group: 'Limits',
    placeholder: '<duration>',
    fallback: 72_000,
    fallbackWords: '72s',
    help: 'Idle time of a connection after a response',
    parse: duration
  }),
  remember: setting({
    group: 'Limits',
    placeholder: '<number>',
    fallback: 10_000,
    help: 'Ended sessions kept per product, so that refusals can state a reason; the oldest are dropped',
    parse: wholeNumber(0, 10_000_000, 'a whole number from 0 to 10000000')
  }),
  log: setting({
    group: 'Log',
    placeholder: '<form>',
    fallback: 'auto' as const,
    help: 'Log format: "pretty" or "json"; "auto" prints the start-up table as text, then "pretty" on a terminal and "json" elsewhere',
    parse: oneOf('auto', 'pretty', 'json')
  }),
  logLevel: setting({
    group: 'Log',
    placeholder: '<level>',
    fallback: 'info' as const,
    help: 'Minimum log level: trace, debug, info, warn, error, fatal or silent',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
  }),
  logFile: setting<string | undefined>({
    group: 'Log',
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'standard output; with exec standard error',
    commandOnly: true,
    help: 'File to append the log to',
    parse: path
  })
}

export type SettingName = keyof typeof settings
export type Settings = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer Value> ? Value : never
}

export const settingNames = Object.keys(settings) as SettingName[]

/** `logLevel` is `--log-level`; a default of on gives `--no-…`. */
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
