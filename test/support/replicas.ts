import type { Test } from 'tap'
import { type Client, type StartOptions, start } from '../../src/index.js'
import type { Reply, Request } from './driver.js'
import { ask } from './serving.js'

export interface ReplicaGroup {
  readonly clients: readonly Client[]
  readonly urls: readonly string[]
  /** Sends each request to the next replica. */
  send(request: Request): Promise<Reply>
  /** Sends a request to the control API of the next replica: `GET /clock`, with a JSON body. */
  control(line: string, body?: unknown): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>
}

/** Servers in this process that share an engine, until the end of the test. */
export const replicaGroup = async (t: Test, options: StartOptions, count = 3): Promise<ReplicaGroup> => {
  const clients: Client[] = []
  for (let number = 0; number < count; number += 1) clients.push(await start({ logLevel: 'silent', ...options }))
  t.teardown(() => Promise.all(clients.map(client => client.stop())))
  const urls = clients.map(client => client.url())
  let turn = 0
  const next = (): string => urls[turn++ % urls.length] ?? ''
  return {
    clients,
    urls,
    send: request => ask(next(), request),
    control: async (line, body) => {
      const [method = 'GET', path = ''] = line.split(' ')
      const response = await fetch(`${next()}/__admin${path}`, {
        method,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) })
      })
      const text = await response.text()
      return { status: response.status, body: JSON.parse(text) }
    }
  }
}
