import { keysOf } from '../base/own-keys.js'
import type { Fidelity, Product } from '../product/product.js'
import type { BoundedResource } from '../session/space-values.js'
import { kubernetesService, type Setting, settingOf } from './setting.js'
import {
  address,
  duration,
  fidelity,
  hostNames,
  keyPrefix,
  listeners,
  oneOf,
  path,
  paths,
  port,
  type StoreAddress,
  scenario,
  someProducts,
  storeUrl,
  token,
  trueOrFalse,
  wholeNumber
} from './values.js'

/** Deliberate faults of the server's certificate: expired, for another host, self-signed, or signed by an unknown authority. */
const tlsFaults = ['expired', 'wrong-host', 'self-signed', 'untrusted'] as const
export type TlsFault = (typeof tlsFaults)[number]

const logSetting = settingOf('Log')

const logSettings = {
  log: logSetting({
    placeholder: '<form>',
    fallback: 'auto' as const,
    help: 'Log format: "pretty" or "json"; "auto" prints the start-up table as text, then "pretty" on a terminal and "json" elsewhere',
    parse: oneOf('auto', 'pretty', 'json')
  }),
  logLevel: logSetting({
    placeholder: '<level>',
    fallback: 'info' as const,
    help: 'Minimum log level: trace, debug, info, warn, error, fatal or silent',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
  }),
  logFile: logSetting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'standard output; with exec standard error',
    commandOnly: true,
    help: 'File to append the log to',
    parse: path
  })
}

const limitSetting = settingOf('Limits')

const limitSettings = {
  journal: limitSetting({
    placeholder: '<number>',
    fallback: 10_000,
    help: 'Requests in the journal of each space; the oldest are dropped',
    parse: wholeNumber(0, 10_000_000, 'a whole number from 0 to 10000000')
  }),
  journalBytes: limitSetting<number | undefined>({
    placeholder: '<bytes>',
    fallback: undefined,
    fallbackWords: '256 MiB; less where a quarter of the memory of the container or machine is less',
    help: 'Bytes in the journals of all spaces together; the oldest requests of the largest journal are dropped',
    parse: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number of bytes')
  }),
  spaceIdle: limitSetting({
    placeholder: '<duration>',
    fallback: 1_800_000,
    fallbackWords: '30m',
    help: 'Idle time after which an unused space is removed',
    parse: duration
  }),
  maxSpaces: limitSetting({
    placeholder: '<number>',
    fallback: 10_000,
    help: 'Maximum number of spaces, without the default one; the longest idle is dropped, unless it has held or delayed requests',
    parse: wholeNumber(1, 10_000_000, 'a whole number from 1 to 10000000')
  }),
  maxSessions: limitSetting({
    placeholder: '<number>',
    fallback: 2_000_000,
    help: 'Maximum number of open sessions of all spaces; a login evicts one of the longest idle of its space, and a copy of a space is refused',
    parse: wholeNumber(1, 100_000_000, 'a whole number from 1 to 100000000')
  }),
  maxNames: limitSetting({
    placeholder: '<number>',
    fallback: 1_000_000,
    help: 'Maximum number of logins of a space with rule counts and seeded values; above it, the longest idle one starts again, as at its first request',
    parse: wholeNumber(1, 100_000_000, 'a whole number from 1 to 100000000')
  }),
  bodyLimit: limitSetting({
    placeholder: '<bytes>',
    fallback: 1_048_576,
    help: 'Maximum size of a request body',
    parse: wholeNumber(1, 1_073_741_824, 'a whole number of bytes from 1 to 1073741824')
  }),
  maxConnections: limitSetting({
    placeholder: '<number>',
    fallback: 20_000,
    help: 'Maximum number of connections per port; further ones are closed',
    parse: wholeNumber(1, 1_000_000, 'a whole number from 1 to 1000000')
  }),
  maxPipelined: limitSetting({
    placeholder: '<number>',
    fallback: 100,
    help: 'Maximum number of pipelined requests per connection; beyond it, reading pauses',
    parse: wholeNumber(1, 1_000_000, 'a whole number from 1 to 1000000')
  }),
  maxHeaderSize: limitSetting({
    placeholder: '<bytes>',
    fallback: 16_384,
    help: 'Maximum size of the request line and headers',
    parse: wholeNumber(1024, 1_048_576, 'a whole number of bytes from 1024 to 1048576')
  }),
  headersTimeout: limitSetting({
    placeholder: '<duration>',
    fallback: 60_000,
    fallbackWords: '1m',
    help: 'Time limit for the headers of a request, from the connection or the first byte of the next request',
    parse: duration
  }),
  requestTimeout: limitSetting({
    placeholder: '<duration>',
    fallback: 120_000,
    fallbackWords: '2m',
    help: 'Time limit for a whole request, headers included',
    parse: duration
  }),
  keepAliveTimeout: limitSetting({
    placeholder: '<duration>',
    fallback: 72_000,
    fallbackWords: '72s',
    help: 'Idle time of a connection after a response',
    parse: duration
  }),
  remember: limitSetting({
    placeholder: '<number>',
    fallback: 10_000,
    help: 'Ended sessions kept per product, so that refusals can state a reason; the oldest are dropped',
    parse: wholeNumber(0, 10_000_000, 'a whole number from 0 to 10000000')
  })
}

const storeSetting = settingOf('Store')

const storeSettings = {
  store: storeSetting<StoreAddress | undefined>({
    placeholder: '<url>',
    fallback: undefined,
    fallbackWords: 'the memory of this process',
    help: 'Share the spaces with other replicas through Valkey or Redis: redis://host:6379/0, rediss://, valkey://, valkeys:// or unix:///run/valkey.sock?db=0, with user and password where needed',
    secret: true,
    parse: storeUrl
  }),
  storePrefix: storeSetting({
    placeholder: '<text>',
    fallback: 'session-mock',
    help: 'Prefix of all keys in the store; replicas with the same prefix share their spaces',
    parse: keyPrefix
  }),
  storeTtl: storeSetting({
    placeholder: '<duration>',
    fallback: 86_400_000,
    fallbackWords: '24h',
    help: 'Idle time after which the store deletes a space; it is not a session timeout',
    parse: duration
  }),
  storeReset: storeSetting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Remove everything under the prefix at the start',
    parse: trueOrFalse
  }),
  storeCa: storeSetting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'the authorities of Node.js',
    help: 'Authority in PEM that signed the certificate of the store, for rediss:// and valkeys://',
    parse: path
  })
}

const controlSetting = settingOf('Control and reports')

const controlSettings = {
  adminPort: controlSetting<number | undefined>({
    placeholder: '<number>',
    fallback: undefined,
    fallbackWords: 'the port of the products',
    foreign: kubernetesService,
    help: 'Separate port for the control API, /__admin, instead of the port of the products',
    parse: port
  }),
  adminToken: controlSetting<string | undefined>({
    placeholder: '<text>',
    fallback: undefined,
    fallbackWords: 'none required',
    help: 'Bearer token required by the control API',
    secret: true,
    parse: token
  }),
  dashboard: controlSetting({
    placeholder: '',
    fallback: true,
    fallbackWords: 'served',
    onOff: true,
    help: 'Disable the dashboard, the page at /__admin/',
    parse: trueOrFalse
  }),
  showSecrets: controlSetting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Show passwords and tokens in the journal, events and reports',
    parse: trueOrFalse
  }),
  exitWithParent: controlSetting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    commandOnly: true,
    help: 'Stop when the standard input closes or the parent process ends; for test runners that may be killed',
    parse: trueOrFalse
  }),
  strict: controlSetting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'At the end, print failed verdicts and rules that were never applied, and exit 4 if there are any',
    parse: trueOrFalse
  }),
  report: controlSetting<string | undefined>({
    placeholder: '<folder>',
    fallback: undefined,
    fallbackWords: 'none',
    commandOnly: true,
    help: 'At the end, write run.json, journal.har and verdicts.junit.xml into this folder',
    parse: path
  })
}

const behaviourSetting = settingOf('Behaviour')

const behaviourSettings = {
  products: behaviourSetting<readonly Product[] | undefined>({
    placeholder: '<names>',
    fallback: undefined,
    fallbackWords: 'all',
    repeatable: true,
    help: 'Products to serve',
    parse: someProducts
  }),
  fidelity: behaviourSetting<Readonly<Record<string, Fidelity>>>({
    placeholder: '<[product=]word>',
    fallback: {},
    fallbackWords: 'documented',
    repeatable: true,
    help: '"documented" follows the published documents, "observed" the recorded behaviour of real servers; for all products or for one',
    parse: fidelity
  }),
  accounts: behaviourSetting({
    placeholder: '<word>',
    fallback: 'listed' as const,
    help: 'Who may log in: "listed" accounts only, or "any" login with any password',
    parse: oneOf('listed', 'any')
  }),
  scenario: behaviourSetting({
    placeholder: '<file|name|text>',
    fallback: 'default',
    help: 'Scenario: a file, the name of a shipped scenario, or the text itself',
    parse: scenario
  }),
  watch: behaviourSetting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Reload the scenario file on changes; open sessions are kept',
    parse: trueOrFalse
  }),
  overlay: behaviourSetting<readonly string[]>({
    placeholder: '<files>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: 'Overlay: file with differences of a real server, applied to the responses',
    parse: paths
  }),
  prefer: behaviourSetting({
    placeholder: '',
    fallback: true,
    fallbackWords: 'honoured',
    onOff: true,
    help: 'Ignore Prefer headers',
    parse: trueOrFalse
  })
}

const tlsSetting = settingOf('TLS')

const tlsSettings = {
  httpsPort: tlsSetting<number | undefined>({
    placeholder: '<number>',
    fallback: undefined,
    fallbackWords: 'none',
    foreign: kubernetesService,
    help: 'Port for HTTPS, in addition to HTTP; 0 selects a free port',
    parse: port
  }),
  tlsCert: tlsSetting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'generated',
    help: 'Certificate chain in PEM; requires --tls-key',
    parse: path
  }),
  tlsKey: tlsSetting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'generated',
    help: 'Private key of the certificate in PEM, without a passphrase',
    parse: path
  }),
  tlsNames: tlsSetting<readonly string[]>({
    placeholder: '<names>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: "Subject names of the generated certificate, in addition to localhost, 127.0.0.1, ::1 and the machine's host name",
    parse: hostNames
  }),
  tlsDir: tlsSetting<string | undefined>({
    placeholder: '<folder>',
    fallback: undefined,
    fallbackWords: 'new at each start',
    help: 'Folder for the generated authority and certificate',
    parse: path
  }),
  tlsClientCa: tlsSetting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'no client certificates',
    help: 'Authority in PEM; clients must present a certificate signed by it',
    parse: path
  }),
  tlsMin: tlsSetting({
    placeholder: '<version>',
    fallback: '1.2' as const,
    help: 'Minimum TLS version: 1.2 or 1.3',
    parse: oneOf('1.2', '1.3')
  }),
  tlsFault: tlsSetting<TlsFault | undefined>({
    placeholder: '<fault>',
    fallback: undefined,
    fallbackWords: 'none',
    help: 'Deliberate fault of the certificate: expired, wrong-host, self-signed or untrusted',
    parse: oneOf(...tlsFaults)
  })
}

const listenerSetting = settingOf('Listeners')

const listenerSettings = {
  port: listenerSetting({
    placeholder: '<number>',
    fallback: 4100,
    alias: 'PORT',
    foreign: kubernetesService,
    help: 'Port of all products; 0 selects a free port',
    parse: port
  }),
  host: listenerSetting({
    placeholder: '<address>',
    fallback: 'localhost',
    help: 'Address to listen on; localhost is 127.0.0.1 and, with IPv6, ::1; 0.0.0.0 is every IPv4 address of the machine, :: every address',
    parse: address
  }),
  listen: listenerSetting({
    placeholder: '<product=port[@space]>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: 'Additional port for one product; cbrain=3000@w4 selects the space w4',
    parse: listeners
  })
}

/** Every setting of the server, in the order of the help: its flag is its name with hyphens, its variable the same in capitals after `SESSION_MOCK_`. */
export const settings = {
  ...listenerSettings,
  ...tlsSettings,
  ...behaviourSettings,
  ...controlSettings,
  ...storeSettings,
  ...limitSettings,
  ...logSettings
}

export type SettingName = keyof typeof settings
export type Settings = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer Value> ? Value : never
}

export const settingNames = keysOf(settings)

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

const flags: Readonly<Record<BoundedResource, SettingName>> = {
  spaces: 'maxSpaces',
  sessions: 'maxSessions',
  names: 'maxNames'
}

const words: Readonly<Record<BoundedResource, (limit: number, space: string) => string>> = {
  spaces: limit => `the limit of ${limit} spaces is reached: each new one replaces the longest idle`,
  sessions: (limit, space) =>
    `the limit of ${limit} open sessions is reached: each new one in space ${space} evicts a long idle one of it`,
  names: (limit, space) =>
    `space ${space} counts for ${limit} logins, the limit: each new one resets the counts of a long idle one`
}

/** `there are 10000 spaces: …; see --max-spaces`. */
export const describeBound = (resource: BoundedResource, limit: number, space: string): string =>
  `${words[resource](limit, space)}; see ${flagOf(flags[resource])}`
