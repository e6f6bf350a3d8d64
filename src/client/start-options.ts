import type { ProductName } from './names.js'
import type { Scenario } from './scenario.js'
import type { Duration } from './shapes.js'

/** The settings of the command by their names, without their variables: nothing is read from the environment. */
export interface StartOptions {
  /** The port that serves all products; left out or 0, a free one. With false it listens on none, and there is only `inject`. */
  readonly port?: number | false
  /** The address to listen on; 127.0.0.1 where it is left out. */
  readonly host?: string
  /** Ports that single products have for themselves, by the product's name; 0 is a free one, and `3000@w4` leads to the space w4. */
  readonly listen?: { readonly [product in ProductName]?: number | `${number}@${string}` }
  /** A port that serves the same over HTTPS; 0 is a free one. */
  readonly httpsPort?: number
  /** The file of the certificate, in PEM, and of its key; left out, one is made. */
  readonly tlsCert?: string
  readonly tlsKey?: string
  /** Host names and addresses that a certificate made here is for, beside those of this machine. */
  readonly tlsNames?: readonly string[]
  /** The folder where the authority and the certificate that are made here are kept. */
  readonly tlsDir?: string
  /** The file of the authority, in PEM, that clients must have a certificate of. */
  readonly tlsClientCa?: string
  /** The oldest version of TLS that is spoken; 1.2 where it is left out. */
  readonly tlsMin?: '1.2' | '1.3'
  /** What is wrong with the certificate on purpose. */
  readonly tlsFault?: 'expired' | 'wrong-host' | 'self-signed' | 'untrusted'
  /** The names of the products to serve; left out, all. */
  readonly products?: readonly ProductName[]
  /** What the document says, or what the real server does; for all products, or by the product's name. */
  readonly fidelity?: Fidelity | { readonly [product in ProductName]?: Fidelity }
  /** `any` lets everyone in, with any password. */
  readonly accounts?: 'listed' | 'any'
  /** An object, the text of a YAML or JSON file, a file's path, or the name of a shipped one; left out, `default`. */
  readonly scenario?: Scenario | string
  /** Reads the scenario file again when it changes. */
  readonly watch?: boolean
  /** Files of overlays: what real servers answer otherwise, as `verify-real --save` writes it. */
  readonly overlay?: readonly string[]
  /** Whether requests may ask for effects themselves, by a `Prefer` header; true where it is left out. */
  readonly prefer?: boolean
  /** A port of its own for the control API, for others than this client. */
  readonly adminPort?: number
  /** The bearer token that the control API asks others for. */
  readonly adminToken?: string
  /** Whether the dashboard is served at `/__admin/`; true where it is left out. */
  readonly dashboard?: boolean
  /** The journal shows passwords and tokens whole. */
  readonly showSecrets?: boolean
  /** `stop` throws where a verdict failed or a rule never played. */
  readonly strict?: boolean
  /** The URL of a Valkey or Redis through which other replicas share the spaces, such as `redis://127.0.0.1:6379/0`. */
  readonly store?: string
  /** The prefix of all keys in the store; `session-mock` where it is left out. */
  readonly storePrefix?: string
  /** The store forgets a space that no request has used for this long; 24h where it is left out. */
  readonly storeTtl?: Duration
  /** Removes everything under the prefix at the start. */
  readonly storeReset?: boolean
  /** The file of the authority, in PEM, that signed the certificate of the store. */
  readonly storeCa?: string
  /** How many requests the journal of each space holds; 10,000 where it is left out. */
  readonly journal?: number
  /** Bytes that the journals of all spaces hold together; 268,435,456 where it is left out. */
  readonly journalBytes?: number
  /** Spaces beside the default one; for one more, the one idle longest is dropped; 10,000 where it is left out. */
  readonly maxSpaces?: number
  /** Open sessions of a space; for one more, one that is idle for long is evicted; 2,000,000 where it is left out. */
  readonly maxSessions?: number
  /** Logins for which a space remembers the counts of rules and of a seed; 1,000,000 where it is left out. */
  readonly maxNames?: number
  /** A space that no request has used for this long goes away; 30m where it is left out. */
  readonly spaceIdle?: Duration
  /** Bytes that a body may have; 1,048,576 where it is left out. */
  readonly bodyLimit?: number
  /** How many ended sessions of each product are remembered; 10,000 where it is left out. */
  readonly remember?: number
  /** Connections that each port holds at once; 20,000 where it is left out. */
  readonly maxConnections?: number
  /** Requests of a connection that may wait for the response before theirs; 100 where it is left out. */
  readonly maxPipelined?: number
  /** Bytes that the request line and the headers may have together; 16,384 where it is left out. */
  readonly maxHeaderSize?: number
  /** How long a client may take to send its headers; 1m where it is left out. */
  readonly headersTimeout?: Duration
  /** How long a client may take to send a whole request; 2m where it is left out. */
  readonly requestTimeout?: Duration
  /** How long a connection may be idle after an answer; 72s where it is left out. */
  readonly keepAliveTimeout?: Duration
  /** Where the log goes, such as `process.stdout`; left out, there is none. */
  readonly output?: { write(text: string): unknown }
  /** Left out, `auto`: pretty on a terminal, JSON elsewhere. */
  readonly log?: 'auto' | 'pretty' | 'json'
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
}

export type Fidelity = 'documented' | 'observed'
