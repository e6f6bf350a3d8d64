import { type ConnectionOptions, commonOptions, type NextTry } from './connection.js'
import { isReply } from './engine-errors.js'
import { StoreError } from './store-error.js'
import { Cluster, Redis } from './valkey.js'

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
