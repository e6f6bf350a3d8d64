import { isIP } from 'node:net'
import type { CommonRedisOptions } from 'iovalkey'
import type { StoreAddress } from '../config/values.js'
import { scriptCommand, scripts } from './scripts.js'
import { isReply, StoreError } from './store-error.js'
import { Cluster, Redis } from './valkey.js'

/** A connection to one engine, or one to each node of a cluster. */
export type Connection = Redis | Cluster

/** Milliseconds until the next attempt to connect; null for none. */
type NextTry = (attempt: number) => number | null

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
const commonOptions = ({ address, ca }: ConnectionOptions): CommonRedisOptions => {
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

/** A node in the messages and options of a cluster. */
interface Node {
  readonly host: string
  readonly port: number
}

/**
 * Whether the engine is one of several nodes of a cluster. A cluster of one node is used like an engine without a cluster. Throws a
 * StoreError for a cluster that cannot be used.
 */
export const isNodeOfCluster = async (connection: Redis, { address }: ConnectionOptions): Promise<boolean> => {
  const facts = await clusterInfo(connection)
  const [, known = '1'] = /cluster_known_nodes:(\d+)/.exec(facts) ?? []
  if (known === '1') return false
  if (address.path !== undefined)
    throw new StoreError('it is a node of a cluster, which needs host and port in place of a socket', false)
  if (address.db !== 0) throw new StoreError('it is a cluster, which has database 0 only', false)
  if (!/cluster_state:ok/.test(facts))
    throw new StoreError('its cluster is down: not every slot has a node that can be reached', false)
  return true
}

/** Empty for an engine without cluster mode, and for a user without permission. */
const clusterInfo = async (connection: Redis): Promise<string> => {
  try {
    return String(await connection.cluster('INFO'))
  } catch (error) {
    if (isReply(error)) return ''
    throw error
  }
}

/** Connections to the nodes of a cluster, which are not open yet. `nextTry`: after the loss of all nodes. */
export const createCluster = (options: ConnectionOptions, nextTry: NextTry): Cluster => {
  const { host = '', port = 6379 } = options.address
  const first: Node = { host, port }
  // The library reads the list at each attempt.
  const startNodes: Node[] = [first]
  const cluster = new Cluster(startNodes, {
    redisOptions: commonOptions(options),
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: nextTry
  })
  // Any node that was known last leads to the others, if the first is gone.
  cluster.on('refresh', () => {
    startNodes.splice(0, startNodes.length, first, ...nodesOf(cluster))
  })
  return cluster
}

/** A connection for subscriptions to one of the nodes, and to another one after each loss: every node sends all notices. */
export const createClusterSubscriber = (cluster: Cluster, options: ConnectionOptions, nextTry: NextTry): Redis => {
  const { host = '', port = 6379 } = options.address
  const nodeAt = (attempt: number): Node => {
    const nodes = nodesOf(cluster)
    return nodes[attempt % nodes.length] ?? { host, port }
  }
  const subscriber = new Redis({
    ...commonOptions(options),
    ...nodeAt(0),
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: attempt => {
      Object.assign(subscriber.options, nodeAt(attempt))
      return nextTry(attempt)
    }
  })
  return subscriber
}

/** The nodes in use, those with an open connection first. */
const nodesOf = (cluster: Cluster): readonly Node[] => {
  const nodes = cluster.nodes()
  const open = nodes.filter(({ status }) => status === 'ready')
  const others = nodes.filter(({ status }) => status !== 'ready')
  return [...open, ...others].map(({ options: { host = '', port = 6379 } }) => ({ host, port }))
}
