import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http'
import type { Test } from 'tap'
import type { AppOptions } from '../../src/app-options.js'
import type { CommandContext } from '../../src/cli/command-context.js'
import type { Fidelity } from '../../src/product/product.js'
import type { Scenario } from '../../src/scenario/scenario.js'
import { portOf } from '../../src/server/http-server.js'
import { type SystemClock, systemClock } from '../../src/session/clock.js'
import { run } from './command.js'
import { products } from './known-products.js'
import { serving } from './serving.js'

/** Additional options of a login. */
export const productOptions: Readonly<Record<string, readonly string[]>> = {
  videntity: ['--product-option', 'account_number=100000000000001']
}

/** The command `verify-real` without a pause, as demo, with the password in the environment. */
export const verifyReal = (
  product: string,
  url: string,
  flags: readonly string[] = [],
  outside: Partial<CommandContext> = {}
) =>
  run(
    [
      'verify-real',
      product,
      ...['--url', url, '--login', 'demo', '--password-env', 'REAL_PASSWORD', '--pause', '0'],
      ...(productOptions[product] ?? []),
      ...flags
    ],
    { env: { REAL_PASSWORD: 'demo' }, ...outside }
  )

export interface RealOptions extends Partial<Omit<AppOptions, 'scenario'>> {
  readonly fidelity?: Fidelity
  readonly scenario?: Partial<Scenario>
}

/** Without the delay of three seconds after wrong credentials. */
const impatientClock: SystemClock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms === 3000 ? 0 : ms, signal)
}

/** A session-mock with its own port for this product, in place of a real server. */
export const realServer = async (t: Test, name: string, { fidelity = 'documented', ...options }: RealOptions = {}) => {
  const product = products.find(each => each.name === name)
  return serving(t, {
    systemClock: impatientClock,
    listeners: [{ port: 0, ...(product && { product }) }],
    settings: { [name]: { fidelity } },
    ...options
  })
}

/** A server with this request listener, and the requests that it received. */
export const answering = async (t: Test, answer: RequestListener): Promise<{ url: string; asked: string[] }> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${portOf(server)}`, asked }
}

/** A response that a test changes. */
export interface Changeable {
  status: number
  readonly headers: Record<string, string>
  body: string
}

/** A server that answers as the session-mock at this URL, with changes. */
export const changed = (
  t: Test,
  url: string,
  change: (answer: Changeable, request: IncomingMessage) => void
): Promise<{ url: string; asked: string[] }> =>
  answering(t, (request, response) => {
    const { host: _host, connection: _connection, ...headers } = request.headers
    const sent = httpRequest(`${url}${request.url}`, { method: request.method, headers, agent: false }, async reply => {
      let body = ''
      for await (const piece of reply) body += piece
      const { connection: _close, 'keep-alive': _time, 'content-length': _length, ...received } = reply.headers
      const answer = { status: reply.statusCode ?? 0, headers: received as Record<string, string>, body }
      change(answer, request)
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
    request.pipe(sent)
  })
