import { once } from 'node:events'
import { type Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { Test } from 'tap'
import { createApp } from '../../src/app.js'
import type { AppOptions } from '../../src/app-options.js'
import type { Scenario } from '../../src/scenario/scenario.js'
import { type ListenOptions, listen } from '../../src/server/listeners.js'
import { demo } from '../../src/session/accounts.js'
import { systemClock } from '../../src/session/clock.js'
import { controlEndpoints } from './control-endpoints.js'
import type { Reply, Request } from './driver.js'
import { products } from './known-products.js'

export interface ServingOptions extends Partial<Omit<AppOptions, 'scenario'>>, Partial<ListenOptions> {
  readonly scenario?: Partial<Scenario>
}

/** A server on free ports, until the end of the test. */
export const serving = async (t: Test, options: ServingOptions = {}) => {
  const { scenario, host = '127.0.0.1', listeners = [{ port: 0 }], grace, ...rest } = options
  const whole: Scenario = { title: 'a test', accounts: [demo], sessions: [], products: {}, rules: [], ...scenario }
  const app = createApp({ products, endpoints: controlEndpoints, systemClock, ...rest, scenario: whole })
  const listening = await listen(app, {
    host,
    listeners,
    systemClock,
    ...rest,
    ...(grace === undefined ? {} : { grace })
  })
  t.teardown(() => listening.close())
  return {
    app,
    close: listening.close,
    urls: listening.listeners.map(({ url }) => url),
    url: listening.listeners[0]?.url ?? ''
  }
}

/** The complete response to a request through a socket. `onText` receives the parts of its body. */
export const ask = async (
  base: string,
  { payload, ...request }: Request,
  agent?: Agent,
  onText: (text: string) => void = () => undefined
): Promise<Reply> => {
  const { method, url, headers } = request
  // Node sends no length for a GET or DELETE.
  const isSized = payload !== undefined && headers?.['transfer-encoding'] === undefined
  const length = isSized ? { 'content-length': Buffer.byteLength(payload) } : {}
  const sent = httpRequest(`${base}${url}`, { method, headers: { ...length, ...headers }, ...(agent ? { agent } : {}) })
  sent.end(payload)
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk
    onText(chunk)
  }
  return { statusCode: response.statusCode, headers: response.headers, body: text }
}

/**
 * The bytes that the server sends in response to these bytes, until it closes. `done`: the client closes its sending half
 * first.
 */
export const talk = async (base: string, bytes: string | Buffer, { done = false } = {}): Promise<string> => {
  const { hostname, port } = new URL(base)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  let received = ''
  socket.setEncoding('latin1').on('data', text => {
    received += text
  })
  socket.write(bytes)
  if (done) socket.end()
  await once(socket, 'end')
  socket.destroy()
  return received
}
