import { createServer, type RequestListener } from 'node:http'
import type { Test } from 'tap'
import type { AppOptions } from '../../src/app-options.js'
import type { CommandContext } from '../../src/cli/context.js'
import type { Fidelity } from '../../src/product/product.js'
import type { Scenario } from '../../src/scenario/scenario.js'
import { portOf } from '../../src/server/ports.js'
import { type SystemClock, systemClock } from '../../src/state/clock.js'
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
