import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { AppOptions } from '../../src/app-options.js'
import type { CommandContext } from '../../src/cli/context.js'
import type { Fidelity } from '../../src/product/product.js'
import type { Scenario } from '../../src/scenario/scenario.js'
import { type SystemClock, systemClock } from '../../src/state/clock.js'
import { run } from './command.js'
import { products } from './known-products.js'
import { serving } from './serving.js'

/** What a login takes beside name and password. */
export const productOptions: Readonly<Record<string, readonly string[]>> = {
  videntity: ['--product-option', 'account_number=100000000000001']
}

/** The command `verify-real`, without a pause, as demo, whose password is in the environment. */
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

/** CBRAIN thinks three seconds about wrong credentials; nobody waits for it here. */
const impatientClock: SystemClock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms === 3000 ? 0 : ms, signal)
}

/** A second session-mock on a port of its own for this product, in the place of a real server. */
export const realServer = async (t: Test, name: string, { fidelity = 'documented', ...options }: RealOptions = {}) => {
  const product = products.find(each => each.name === name)
  return serving(t, {
    systemClock: impatientClock,
    listeners: [{ port: 0, ...(product && { product }) }],
    settings: { [name]: { fidelity } },
    ...options
  })
}

/** A server that answers everything in this way, and what it was asked. */
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
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}
