import type { Test } from 'tap'
import { type EngineProcess, engineCommand, engineProcess, freePort } from './engine-process.js'
import { until } from './until.js'

/** A node of a cluster. */
export interface ClusterNode extends EngineProcess {
  readonly busPort: number
  /** The port for TLS, which the nodes use among themselves. */
  readonly tlsPort: number
}

/** Nodes with the TLS files of the flags that are in no cluster yet, until the end of the test. Each knows that it can be used 2 s after its start. */
export const clusterNodes = (t: Test, count: number, ...flags: string[]): Promise<readonly ClusterNode[]> =>
  Promise.all(Array.from({ length: count }, () => clusterNode(t, flags)))

/** Makes nodes a cluster, in which they have equal parts of the slots in their order. */
export const makeCluster = async (nodes: readonly ClusterNode[]): Promise<void> => {
  for (const [index, { port }] of nodes.entries()) {
    await engineCommand(port, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
    const [start, end] = [startOfPart(index, nodes.length), startOfPart(index + 1, nodes.length) - 1]
    await engineCommand(port, 'CLUSTER', 'ADDSLOTSRANGE', String(start), String(end))
  }
  await meet(nodes)
}

/** Adds a replica of a node, which takes over on command only. */
export const addReplica = async (
  nodes: readonly ClusterNode[],
  node: ClusterNode,
  replica: ClusterNode
): Promise<void> => {
  await engineCommand(replica.port, 'CONFIG', 'SET', 'cluster-replica-no-failover', 'yes')
  await meet([...nodes, replica])
  const id = /[0-9a-f]{40}/.exec(await engineCommand(node.port, 'CLUSTER', 'MYID'))?.[0] ?? ''
  await engineCommand(replica.port, 'CLUSTER', 'REPLICATE', id)
  await until(async () => /master_link_status:up/.test(await engineCommand(replica.port, 'INFO', 'replication')))
}

/** Resolves when a replica has all writes of its node. */
export const untilReplicated = (node: ClusterNode, replica: ClusterNode): Promise<void> =>
  until(async () => (await offsetOf(node)) === (await offsetOf(replica)))

const offsetOf = async ({ port }: ClusterNode): Promise<string | undefined> =>
  /^(?:slave|master)_repl_offset:(\d+)/m.exec(await engineCommand(port, 'INFO', 'replication'))?.[1]

const clusterNode = async (t: Test, flags: readonly string[]): Promise<ClusterNode> => {
  const [busPort, tlsPort] = [await freePort(), await freePort()]
  const bus = ['--cluster-port', String(busPort), '--cluster-node-timeout', '1000', '--repl-diskless-sync-delay', '0']
  const tls = ['--tls-port', String(tlsPort), '--tls-cluster', 'yes', '--tls-replication', 'yes']
  const engine = await engineProcess(t, '--cluster-enabled', 'yes', ...bus, ...tls, ...flags)
  return { ...engine, busPort, tlsPort }
}

/** Resolves when every node knows all others, and all slots can be used. */
const meet = async (nodes: readonly ClusterNode[]): Promise<void> => {
  const [first, ...others] = nodes
  for (const { tlsPort, busPort } of others)
    await engineCommand(first?.port ?? 0, 'CLUSTER', 'MEET', '127.0.0.1', String(tlsPort), String(busPort))
  const isReady = async ({ port }: ClusterNode) => {
    const facts = await engineCommand(port, 'CLUSTER', 'INFO')
    return /cluster_state:ok/.test(facts) && facts.includes(`cluster_known_nodes:${nodes.length}\r`)
  }
  for (const node of nodes) await until(() => isReady(node))
}

const startOfPart = (index: number, count: number): number => Math.ceil((index * 16384) / count)
