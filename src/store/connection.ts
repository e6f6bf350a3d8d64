import { isIP } from 'node:net'
import type { CommonRedisOptions } from 'iovalkey'
import type { StoreAddress } from '../config/values/store-url.js'
import { scriptCommand, scripts } from './scripts.js'
import { type Cluster, Redis } from './valkey.js'

/** A connection to one engine, or one to each node of a cluster. */
export type Connection = Redis | Cluster

/** Milliseconds until the next attempt to connect; null for none. */
export type NextTry = (attempt: number) => number | null

export interface ConnectionOptions {
  readonly address: StoreAddress
  /** Certificates of the authorities for its certificate, PEM. */
  readonly ca?: string | undefined
}

/** Milliseconds until a command counts as lost. */
const commandTimeout = 5000

/** A connection to the engine of the address, which is not open yet. */
export const createConnection = (options: ConnectionOptions, retryStrategy: NextTry): Redis => {
  const { host = '', port = 6379, path, db } = options.address
  const place = path === undefined ? { host, port } : { path }
  return new Redis({
    ...commonOptions(options),
    ...place,
    db,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy
  })
}

/** The options of a connection to an engine, or to a node of a cluster. */
export const commonOptions = ({ address, ca }: ConnectionOptions): CommonRedisOptions => {
  const { host = '', username, password, tls } = address
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && {
      tls: { ...(ca !== undefined && { ca }), ...(host !== '' && isIP(host) === 0 && { servername: host }) }
    }),
    connectionName: 'session-mock',
    connectTimeout: commandTimeout,
    commandTimeout,
    // A command that the library sends again could be executed twice.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0
  }
}

/** Adds the scripts to the commands of a connection. */
export const defineScripts = (connection: Connection): void => {
  for (const [name, { keys, lua }] of Object.entries(scripts))
    connection.defineCommand(scriptCommand(name), { numberOfKeys: keys, lua })
}
