import inject, { type InjectOptions, type Response } from 'light-my-request'
import { products } from '../../routes/index.js'
import { demo } from '../../src/accounts.js'
import { type App, type AppOptions, createApp } from '../../src/app.js'
import type { Fidelity, Product } from '../../src/product.js'
import type { ProductSettings, Story } from '../../src/story.js'
import { FakeWall } from './wall.js'

export interface DoubleOptions extends Partial<Omit<AppOptions, 'wall' | 'story'>> {
  readonly story?: Partial<Story>
  /** For every product. */
  readonly fidelity?: Fidelity
  /** Every request comes in at this product's own door. */
  readonly only?: Product
}

export interface Double {
  readonly app: App
  readonly wall: FakeWall
  /** What the app answers to this request; no socket is opened. */
  send(options: InjectOptions): Promise<Response>
}

/** The whole app without a port, on a wall whose time stands still. */
export const double = (options: DoubleOptions = {}): Double => {
  const { story, fidelity, only, ...rest } = options
  const wall = new FakeWall()
  const settings: Record<string, ProductSettings> = fidelity
    ? Object.fromEntries((options.products ?? products).map(({ name }) => [name, { fidelity }]))
    : {}
  const whole: Story = { title: 'a test', accounts: [demo], sessions: [], products: {}, rules: [], ...story }
  const app = createApp({ products, settings, ...rest, wall, story: whole })
  return {
    app,
    wall,
    send: request => inject((req, res) => app.handle(req, res, only ? { product: only } : {}), request)
  }
}
