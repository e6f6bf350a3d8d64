import type { ProductName } from './names.js'
import type { Scenario } from './scenario.js'
import type { Duration } from './shapes.js'

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
