import { type App, createApp } from '../app.js'
import type { Exchange } from '../exchange/answer.js'
import { decodedPath } from '../http/response.js'
import { mediaTypeOf, type Overlay } from '../overlay/overlay.js'
import type { OverlayCondition } from '../overlay/overlay-document.js'
import type { Fidelity, Product } from '../product/product.js'
import { injectRequest } from '../run/open-app.js'
import type { Scenario } from '../scenario/scenario.js'
import type { AccountDocument } from '../session/accounts.js'
import type { SystemClock } from '../session/clock.js'
import { Session } from '../session/session-store.js'
import type { Case, CaseRequest } from './cases.js'
import type { ReceivedAnswer } from './http-transport.js'

export interface MockOptions {
  readonly product: Product
  readonly fidelity: Fidelity
  readonly account: AccountDocument
  /** Behave as over TLS. */
  readonly secure: boolean
  readonly scenario?: Partial<Scenario>
  readonly overlay?: Overlay | undefined
}

/** A mock in this process, without a listener; requests take no time. */
export interface Mock {
  readonly app: App
  send(request: CaseRequest): Promise<ReceivedAnswer>
  wait(until: NonNullable<Case['wait']>): Promise<void>
  /** Advances the clock, in milliseconds. */
  advance(ms: number): void
  /** The token of the last request. */
  token(): string | undefined
  /** The login of the last request, if known. */
  login(): string | undefined
  /** Opens a session without a login. */
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
      const answer = await send(app, product, request, secure)
      return last ? { ...answer, facts: factsOf(last, answer) } : answer
    },
    wait: async until => clock.advance(waitTime(until, app.spaces.default.policy(product).idle)),
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

/** The facts of a response that conditions of an overlay can use. */
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

/** Milliseconds before and after the expiry of an idle session, more than the duration of a request. */
const margin = 5000

/** Milliseconds to wait, for an idle timeout in milliseconds. */
export const waitTime = (until: NonNullable<Case['wait']>, idle: number): number =>
  until === 'before expiry' ? idle - margin : idle + margin

const send = async (
  app: App,
  product: Product,
  { method, target, headers, body }: CaseRequest,
  secure: boolean
): Promise<ReceivedAnswer> => {
  const answer = await injectRequest(app, { method, url: target, headers, payload: body, secure }, { product })
  // A response to HEAD has no body on a real connection.
  return method === 'HEAD' ? { ...answer, body: '' } : answer
}

/** A clock that moves only by `advance`, with immediate sleeps. */
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
