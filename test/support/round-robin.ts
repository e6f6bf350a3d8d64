import { once } from 'node:events'
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** A load balancer that sends each request to the next server, until the end of the test. Resolves to its URL. */
export const roundRobin = async (t: Test, urls: readonly string[]): Promise<string> => {
  const agent = new Agent({ keepAlive: true })
  let turn = 0
  const server = createServer((request, response) => {
    turn += 1
    pass(request, response, urls[turn % urls.length] ?? '', agent)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    agent.destroy()
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const pass = (request: IncomingMessage, response: ServerResponse, target: string, agent: Agent): void => {
  const { hostname, port } = new URL(target)
  const { method, url } = request
  const headers = [...request.rawHeaders]
  const upstream = httpRequest({ hostname, port, method, path: url, headers, agent, setHost: false })
  upstream.once('response', answer => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
    answer.once('error', () => response.destroy())
  })
  // A connection broken by the server is broken for the client.
  upstream.once('error', () => response.destroy())
  response.once('close', () => upstream.destroy())
  request.pipe(upstream)
}
