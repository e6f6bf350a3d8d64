import type { InjectOptions } from 'light-my-request'
import { type App, createApp } from '../app.js'
import { withRealTicks } from '../base/real-ticks.js'
import type { Exchange } from '../exchange/exchange.js'
import { decodedPath } from '../http/path.js'
import { mediaTypeOf, type Overlay } from '../overlay/overlay.js'
import type { OverlayCondition } from '../overlay/overlay-document.js'
import type { Fidelity, Product } from '../product/product.js'
import type { Scenario } from '../scenario/scenario.js'
import { Session } from '../session/sessions.js'
import type { AccountDocument } from '../state/accounts.js'
import type { SystemClock } from '../state/clock.js'
import type { ReceivedAnswer } from './answer.js'
import type { Case, CaseRequest } from './case.js'

export interface MockOptions {
  readonly product: Product
  readonly fidelity: Fidelity
  readonly account: AccountDocument
  /** It answers as it does over TLS. */
  readonly secure: boolean
  readonly scenario?: Partial<Scenario>
  readonly overlay?: Overlay | undefined
}

/** The mock in this process: it listens to nothing, and no request takes time. */
export interface Mock {
  readonly app: App
  send(request: CaseRequest): Promise<ReceivedAnswer>
  wait(until: NonNullable<Case['wait']>): Promise<void>
  /** Moves its time on, in milliseconds. */
  advance(ms: number): void
  /** The token of the last request. */
  token(): string | undefined
  /** The login of the last request, as far as it is known. */
  login(): string | undefined
  /** Opens a session that no login has opened. */
  open(token: string): Promise<void>
}

export const createMock = ({ product, fidelity, account, secure, scenario, overlay }: MockOptions): Mock => {
  const clock = new SteppedClock()
  let last: Exchange | undefined
  const app = createApp({
    products: [product],
    scenario: { title: 'verify-real', accounts: [account], sessions: [], products: {}, rules: [], ...scenario },
    settings: { [product.name]: { fidelity } },
    systemClock: clock,
    overlay,
    onExchange: (_entry, _bugs, exchange) => {
      last = exchange
    }
  })
  return {
    app,
    send: async request => {
      const answer = await inject(app, product, request, secure)
      return last ? { ...answer, facts: factsOf(last, answer) } : answer
    },
    wait: async until => clock.advance(waitOf(until, app.spaces.default.policy(product).idle)),
    advance: ms => clock.advance(ms),
    token: () => last?.call.token,
    login: () => last?.call.login,
    open: async token => {
      const { default: space } = app.spaces
      const now = space.clock.now()
      space.sessions.open(new Session(product.name, token, account.login, '*', now, space.policy(product)), now)
    }
  }
}

/** Everything that an overlay may ask of this answer. */
const factsOf = ({ call, failure }: Exchange, { status, headers }: ReceivedAnswer): OverlayCondition => {
  const { request, operation } = call
  const reason = failure?.detail.why?.reason
  const type = mediaTypeOf({ status, headers })
  return {
    ...(operation && { operation: operation.name }),
    outcome: failure?.kind ?? 'success',
    ...(reason !== undefined && { reason }),
    status,
    ...(type !== undefined && { type }),
    method: request.method,
    path: decodedPath(request.url),
    accept: request.headers.accept ?? '',
    content_type: request.headers['content-type'] ?? ''
  }
}

/** Milliseconds before and after the end of an idle session: time for a request on its way. */
const margin = 5000

/** How long to wait, in milliseconds, where a session may be idle so long. */
export const waitOf = (until: NonNullable<Case['wait']>, idle: number): number =>
  until === 'before expiry' ? idle - margin : idle + margin

const inject = async (
  app: App,
  product: Product,
  { method, target, headers, body }: CaseRequest,
  secure: boolean
): Promise<ReceivedAnswer> => {
  const { inject } = await import('../http/inject-library.js')
  const options: InjectOptions = {
    method: method as NonNullable<InjectOptions['method']>,
    url: target,
    headers: { ...headers },
    ...(body === undefined ? {} : { payload: body })
  }
  const sent = withRealTicks(() =>
    inject((request, response) => {
      if (secure) Object.defineProperty(request.socket, 'encrypted', { value: true })
      app.handle(request, response, { product })
    }, options)
  )
  const answer = await sent
  const joined = Object.entries(answer.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(', ')]]
  )
  // A real connection carries no body in an answer to HEAD.
  return { status: answer.statusCode, headers: Object.fromEntries(joined), body: method === 'HEAD' ? '' : answer.body }
}

/** Its time moves when it is told to, and its waits are over at once. */
class SteppedClock implements SystemClock {
  #at = Date.UTC(2026, 0, 1)
  now(): number {
    return this.#at
  }
  elapsed(): number {
    return this.#at
  }
  advance(ms: number): void {
    this.#at += ms
  }
  async sleep(): Promise<void> {}
  every(): () => void {
    return () => undefined
  }
}
