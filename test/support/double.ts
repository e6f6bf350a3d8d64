import inject, { type InjectOptions, type Response } from 'light-my-request'
import { type App, createApp } from '../../src/app.js'
import type { AppOptions } from '../../src/app-options.js'
import type { ExchangeListener } from '../../src/exchange/recorder.js'
import type { Fidelity, Product } from '../../src/product/product.js'
import { keepText, textOf } from '../../src/scenario/format/scenario-text.js'
import type { ProductSettings, Scenario } from '../../src/scenario/scenario.js'
import { demo } from '../../src/state/accounts.js'
import { controlEndpoints } from './control-endpoints.js'
import { describedAnswers } from './described.js'
import { FakeSystemClock } from './fake-system-clock.js'
import { products } from './known-products.js'

export interface DoubleOptions extends Partial<Omit<AppOptions, 'systemClock' | 'scenario'>> {
  readonly scenario?: Partial<Scenario>
  /** Its time stands still, and its waits are over at once, where it is left out. */
  readonly systemClock?: FakeSystemClock
  /** For every product. */
  readonly fidelity?: Fidelity
  /** Every request comes in at this product's own listener. */
  readonly only?: Product
}

export interface Double {
  readonly app: App
  readonly systemClock: FakeSystemClock
  /** What the app answers to this request; no socket is opened. Throws where the product's description does not have the answer. */
  send(options: InjectOptions): Promise<Response>
  /** Throws where an answer so far is none that its product's description has. */
  check(): Promise<void>
}

/** The whole app without a port, on a systemClock whose time stands still. */
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
    send: async request => {
      const response = await inject((req, res) => app.handle(req, res, only ? { product: only } : {}), request)
      await check()
      return response
    }
  }
}
