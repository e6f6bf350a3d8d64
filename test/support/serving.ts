import { once } from 'node:events'
import { type Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { Test } from 'tap'
import { products } from '../../routes/index.js'
import { demo } from '../../src/accounts.js'
import { type AppOptions, createApp } from '../../src/app.js'
import { wall } from '../../src/clock.js'
import { type ListenOptions, listen } from '../../src/server.js'
import type { Story } from '../../src/story.js'
import type { Reply, Request } from './driver.js'

export interface ServingOptions extends Partial<Omit<AppOptions, 'story'>>, Partial<ListenOptions> {
  readonly story?: Partial<Story>
}

/** A server on free ports of this machine, closed when the test is over. */
export const serving = async (t: Test, options: ServingOptions = {}) => {
  const { story, host = '127.0.0.1', doors = [{ port: 0 }], grace, ...rest } = options
  const whole: Story = { title: 'a test', accounts: [demo], sessions: [], products: {}, rules: [], ...story }
  const app = createApp({ products, wall, ...rest, story: whole })
  const listening = await listen(app, { host, doors, wall, ...rest, ...(grace === undefined ? {} : { grace }) })
  t.teardown(() => listening.close())
  return {
    app,
    close: listening.close,
    urls: listening.doors.map(({ url }) => url),
    url: listening.doors[0]?.url ?? ''
  }
}

/** The whole answer to a request that goes through a socket. */
export const ask = async (base: string, { payload, ...request }: Request, agent?: Agent): Promise<Reply> => {
  const { method, url, headers } = request
  const sent = httpRequest(`${base}${url}`, { method, headers: { ...headers }, ...(agent ? { agent } : {}) })
  sent.end(payload)
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { statusCode: response.statusCode, headers: response.headers, body: text }
}

/** Everything that the server sends in answer to these bytes, until it closes. `done`: the client closes its side first. */
export const talk = async (base: string, bytes: string | Buffer, { done = false } = {}): Promise<string> => {
  const { hostname, port } = new URL(base)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  let heard = ''
  socket.setEncoding('latin1').on('data', text => {
    heard += text
  })
  socket.write(bytes)
  if (done) socket.end()
  await once(socket, 'end')
  socket.destroy()
  return heard
}
