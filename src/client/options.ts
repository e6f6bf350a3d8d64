import { inspect } from 'node:util'
import { nearest } from '../base/errors.js'
import { isKeyOf } from '../base/own-keys.js'
import { type CheckedSettings, checkSettings, type Flags } from '../config/read-settings.js'
import type { Setting } from '../config/setting.js'
import { type SettingName, settingNames, settings } from '../config/settings.js'
import { duration } from '../config/values.js'
import type { Product } from '../product/product.js'
import type { ProductName } from './names.js'
import type { Duration } from './row-types.js'
import type { Scenario } from './scenario-types.js'

/**
 * The settings of the options of `start`, by the rules of the command line, and one line per problem. The default port is a
 * free one.
 */
export const checkOptions = (
  { output: _output, ...options }: StartOptions,
  products: readonly Product[]
): CheckedSettings => {
  const invalid = Object.entries(options).flatMap(([name, value]) => optionProblems(name, value))
  const valid: StartOptions = Object.fromEntries(
    Object.entries(options).filter(pair => optionProblems(...pair).length === 0)
  )
  const { settings, problems } = checkSettings(flagsOf({ ...valid, port: valid.port || 0 }), {}, { products })
  return { settings, problems: [...invalid, ...problems.map(problem => problem.replace(flag, optionOf))] }
}

/** The problem with the name or type of an option. */
const optionProblems = (name: string, value: unknown): string[] => {
  if (!isOption(name)) {
    const suggestion = nearest(name, settingNames.filter(isOption))
    return [`there is no option ${name}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`]
  }
  const expected = value === undefined ? undefined : wrongType(name, value)
  return expected === undefined
    ? []
    : [`${name}: expected ${expected}, found ${inspect(value, { breakLength: Infinity })}`]
}

const isOption = (name: string): name is SettingName => isKeyOf(settings, name) && isForLibrary(settings[name])

const isForLibrary = ({ commandOnly }: Setting<unknown>): boolean => commandOnly !== true

const flagsOf = (options: StartOptions): Flags =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => {
      const words = isOption(name) ? wordsOf(name, value) : undefined
      return words === undefined ? [] : [[name, words]]
    })
  )

/** An option as on the command line. */
const wordsOf = (name: SettingName, value: unknown): string | boolean | readonly string[] | undefined => {
  if (value === undefined || typeof value === 'boolean') return value
  if (typeof value === 'number') return settings[name].parse === duration ? `${value}ms` : String(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (name === 'scenario') return JSON.stringify(value)
  return Array.isArray(value) ? value.map(String) : Object.entries(value).map(pair => pair.join('='))
}

/** Messages name the flag; here they name the option. */
const flag = /--(?:no-)?([a-z]+(?:-[a-z]+)*)/g
const optionOf = (_flag: string, name: string): string => name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase())

interface Kind {
  readonly words: string
  readonly test: (value: unknown) => boolean
}

const isString = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isPort = (value: unknown): boolean => isNumber(value) || (isString(value) && /^\d+@/.test(value))
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text: Kind = { words: 'a string', test: isString }
const number: Kind = { words: 'a number', test: isNumber }
const booleanKind: Kind = { words: 'true or false', test: value => typeof value === 'boolean' }
const strings: Kind = { words: 'an array of strings', test: value => Array.isArray(value) && value.every(isString) }
const span: Kind = {
  words: 'a duration such as "30m", or milliseconds',
  test: value => isString(value) || isNumber(value)
}

/** Options with another JavaScript type than the kind of their setting. */
const exceptions: Partial<Record<SettingName, Kind>> = {
  port: { words: 'a number, or false', test: value => isNumber(value) || value === false },
  listen: {
    words: 'an object of ports by product, such as { cbrain: 3000 } or { cbrain: "3000@w4" }',
    test: value => isObject(value) && Object.values(value).every(isPort)
  },
  fidelity: { words: 'a string, or an object by product', test: value => isString(value) || isObject(value) },
  scenario: { words: 'a string or an object', test: value => isString(value) || isObject(value) }
}

/** The expected type of an option in words; undefined for a valid value. */
const wrongType = (name: SettingName, value: unknown): string | undefined => {
  const { words, test } = exceptions[name] ?? kindOf(settings[name])
  return test(value) ? undefined : words
}

const kindOf = ({ onOff, repeatable, parse, placeholder }: Setting<unknown>): Kind => {
  if (onOff) return booleanKind
  if (repeatable) return strings
  if (Object.is(parse, duration)) return span
  return placeholder === '<number>' || placeholder === '<bytes>' ? number : text
}

/** The settings of the command by name. Environment variables are not read. */
export interface StartOptions {
  /** Port of all products; by default, or with 0, a free one. With false there is no port, only `inject`. */
  readonly port?: number | false
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string
  /** Additional ports of single products, by name; 0 for a free one, `3000@w4` for the space w4. */
  readonly listen?: { readonly [product in ProductName]?: number | `${number}@${string}` }
  /** Additional port for HTTPS; 0 for a free one. */
  readonly httpsPort?: number
  /** File of the certificate, in PEM, and file of its key; by default, a certificate is created. */
  readonly tlsCert?: string
  readonly tlsKey?: string
  /** Host names and addresses in a created certificate, beside those of this machine. */
  readonly tlsNames?: readonly string[]
  /** Folder that keeps the created authority and certificate. */
  readonly tlsDir?: string
  /** File of the authority, in PEM, for required client certificates. */
  readonly tlsClientCa?: string
  /** Minimum TLS version; default 1.2. */
  readonly tlsMin?: '1.2' | '1.3'
  /** Deliberate fault of the certificate. */
  readonly tlsFault?: 'expired' | 'wrong-host' | 'self-signed' | 'untrusted'
  /** Names of the products to serve; default all. */
  readonly products?: readonly ProductName[]
  /** Behaviour as documented, or as observed in the real server; for all products, or by name. */
  readonly fidelity?: Fidelity | { readonly [product in ProductName]?: Fidelity }
  /** `any` accepts every account with any password. */
  readonly accounts?: 'listed' | 'any'
  /** An object, the text of a YAML or JSON file, the path of a file, or the name of a shipped one; default `default`. */
  readonly scenario?: Scenario | string
  /** Reload the scenario file after changes. */
  readonly watch?: boolean
  /** Files of overlays with differences of real servers, from `verify-real --save`. */
  readonly overlay?: readonly string[]
  /** Accept effects in `Prefer` headers of requests; default true. */
  readonly prefer?: boolean
  /** Separate port for the control API. This client does not need it. */
  readonly adminPort?: number
  /** Required bearer token of the control API. This client does not need it. */
  readonly adminToken?: string
  /** Serve the dashboard at `/__admin/`; default true. */
  readonly dashboard?: boolean
  /** Show complete passwords and tokens in the journal. */
  readonly showSecrets?: boolean
  /** `stop` throws for failed verdicts and unused rules. */
  readonly strict?: boolean
  /** URL of a Valkey or Redis that shares the spaces with other replicas, such as `redis://127.0.0.1:6379/0`. */
  readonly store?: string
  /** Prefix of all keys in the store; default `session-mock`. */
  readonly storePrefix?: string
  /** Time without requests after which the store drops a space; default 24h. */
  readonly storeTtl?: Duration
  /** Remove all keys with the prefix at the start. */
  readonly storeReset?: boolean
  /** File of the authority, in PEM, of the certificate of the store. */
  readonly storeCa?: string
  /** Requests kept in the journal of each space; default 10,000. */
  readonly journal?: number
  /** Bytes of the journals of all spaces; default 268,435,456. */
  readonly journalBytes?: number
  /** Spaces beside the default one; above this, the longest idle one is dropped; default 10,000. */
  readonly maxSpaces?: number
  /** Open sessions of all spaces; above this, a login evicts a long idle one of its space, and copies are refused; default 2,000,000. */
  readonly maxSessions?: number
  /** Logins with counts of rules and random numbers in a space; default 1,000,000. */
  readonly maxNames?: number
  /** Time without requests after which a space is dropped; default 30m. */
  readonly spaceIdle?: Duration
  /** Maximum bytes of a body; default 1,048,576. */
  readonly bodyLimit?: number
  /** Ended sessions kept for each product; default 10,000. */
  readonly remember?: number
  /** Simultaneous connections of each port; default 20,000. */
  readonly maxConnections?: number
  /** Pipelined requests of a connection; default 100. */
  readonly maxPipelined?: number
  /** Maximum bytes of the request line and headers; default 16,384. */
  readonly maxHeaderSize?: number
  /** Time to send the headers; default 1m. */
  readonly headersTimeout?: Duration
  /** Time to send a complete request; default 2m. */
  readonly requestTimeout?: Duration
  /** Idle time of a connection after a response; default 72s. */
  readonly keepAliveTimeout?: Duration
  /** Output of the log, such as `process.stdout`; by default there is no log. */
  readonly output?: { write(text: string): unknown }
  /** Default `auto`: pretty on a terminal, JSON elsewhere. */
  readonly log?: 'auto' | 'pretty' | 'json'
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
}

export type Fidelity = 'documented' | 'observed'
