import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { engineProcess } from './engine-process.js'
import { roundRobin } from './round-robin.js'
import { shippedCommand } from './shipped.js'

export interface TestedServer {
  readonly url: string
  /** The HTTPS URL. The certificate of its authority is at `/__admin/ca.pem`. */
  readonly secureUrl: string
}

export interface StartedCommand extends TestedServer {
  /** Base URLs by product. */
  readonly products: Readonly<Record<string, string>>
}

/**
 * A server for black-box tests: the one at TESTED_URL and TESTED_HTTPS_URL, just started, or the shipped command in its own
 * process; with TESTED_REPLICAS, that number of replicas with a store, behind a load balancer.
 */
export const testedServer = async (t: Test): Promise<TestedServer> => {
  const { TESTED_URL: url, TESTED_HTTPS_URL: secureUrl, TESTED_REPLICAS: replicas } = process.env
  if (url && secureUrl) return { url, secureUrl }
  return replicas ? startReplicas(t, Number(replicas)) : startCommand(t)
}

const startReplicas = async (t: Test, count: number): Promise<TestedServer> => {
  const { url: store } = await engineProcess(t)
  // One authority for all.
  const tlsDir = t.testdir()
  const servers: TestedServer[] = []
  for (let number = 0; number < count; number += 1)
    servers.push(await startCommand(t, '--store', store, '--tls-dir', tlsDir))
  const url = await roundRobin(
    t,
    servers.map(server => server.url)
  )
  return { url, secureUrl: servers[0]?.secureUrl ?? '' }
}

/** The shipped command in its own process, until the end of the test. */
export const startCommand = async (t: Test, ...more: string[]): Promise<StartedCommand> => {
  const flags = ['--port', '0', '--https-port', '0', '--log', 'json', ...more]
  const child = spawn(process.execPath, [await shippedCommand(), ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  const lines = createInterface(child.stdout)
  const [line] = await once(lines, 'line')
  const { url, https, products } = JSON.parse(line)
  return { url, secureUrl: https, products }
}
