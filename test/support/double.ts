import inject, { type InjectOptions, type Response } from 'light-my-request'
import { type App, createApp } from '../../src/app.js'
import type { AppOptions } from '../../src/app-options.js'
import type { ExchangeListener } from '../../src/exchange/recorder.js'
import type { Fidelity, Product } from '../../src/product/product.js'
import { keepText, textOf } from '../../src/scenario/format/source.js'
import type { ProductSettings, Scenario } from '../../src/scenario/scenario.js'
import { demo } from '../../src/session/accounts.js'
import { controlEndpoints } from './control-endpoints.js'
import { describedAnswers } from './described.js'
import { FakeSystemClock } from './fake-system-clock.js'
import { products } from './known-products.js'

export interface DoubleOptions extends Partial<Omit<AppOptions, 'systemClock' | 'scenario'>> {
  readonly scenario?: Partial<Scenario>
  /** By default, a fake clock. */
  readonly systemClock?: FakeSystemClock
  /** The fidelity of all products. */
  readonly fidelity?: Fidelity
  /** The product of the listener of all requests. */
  readonly only?: Product
}

export interface Double {
  readonly app: App
  readonly systemClock: FakeSystemClock
  /**
   * Sends a request without a socket. `gone`: the connection is closed before its address can be read. Throws if the response does
   * not conform to the description of the product.
   */
  send(options: InjectOptions & { readonly gone?: boolean }): Promise<Response>
  /** Throws if an earlier response does not conform to the description of its product. */
  check(): Promise<void>
}

/** An app without a port, with a fake clock. */
export const double = (options: DoubleOptions = {}): Double => {
  const { scenario, fidelity, only, ...rest } = options
  const { systemClock = new FakeSystemClock() } = options
  const settings: Record<string, ProductSettings> = fidelity
    ? Object.fromEntries((options.products ?? products).map(({ name }) => [name, { fidelity }]))
    : {}
  const whole: Scenario = { title: 'a test', accounts: [demo], sessions: [], products: {}, rules: [], ...scenario }
  const text = scenario && textOf(scenario as Scenario)
  if (text) keepText(whole, text)
  const { onExchange, check } = describedAnswers()
  const observed: ExchangeListener = (...exchange) => {
    onExchange(...exchange)
    rest.onExchange?.(...exchange)
  }
  const app = createApp({
    products,
    endpoints: controlEndpoints,
    settings,
    ...rest,
    onExchange: observed,
    systemClock,
    scenario: whole
  })
  return {
    app,
    systemClock,
    check,
    send: async ({ gone = false, ...request }) => {
      const response = await inject((req, res) => {
        if (gone) Object.defineProperty(req.socket, 'remoteAddress', { value: undefined })
        app.handle(req, res, only ? { product: only } : {})
      }, request)
      await check()
      return response
    }
  }
}
