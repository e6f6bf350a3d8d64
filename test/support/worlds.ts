import fc from 'fast-check'
import type { Response } from 'light-my-request'
import type { Steered } from './control.js'
import type { Driver, Request } from './driver.js'

/** One action of a client or a test. `session`: index of a session, the newest is 0. */
export type Action =
  | { readonly do: 'login' | 'stranger' | 'odd' }
  /** A login whose client resets the connection right behind it. */
  | { readonly do: 'reset' }
  | { readonly do: 'use' | 'logout'; readonly session: number }
  | { readonly do: 'advance'; readonly by: string }
  | { readonly do: 'expire' | 'revoke' }

const ofSession = fc.nat({ max: 3 })

export const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('login' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('use' as const), session: ofSession }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('logout' as const), session: ofSession }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('stranger' as const, 'odd' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('advance' as const), by: fc.constantFrom('1s', '29m', '31m', '25h') })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('expire' as const, 'revoke' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const) }) }
)

/** A client of a space that stores its tokens. */
export class Client {
  readonly tokens: string[]

  constructor(
    readonly server: Steered,
    readonly driver: Driver,
    readonly space: string,
    tokens: readonly string[] = []
  ) {
    this.tokens = [...tokens]
  }

  /** Performs the actions. Resolves to the complete responses. */
  async play(actions: readonly Action[]): Promise<string[]> {
    const answers: string[] = []
    for (const action of actions) answers.push(await this.#do(action))
    return answers
  }

  async #do(action: Action): Promise<string> {
    const { driver } = this
    if (action.do === 'advance') return this.#steer('PUT /clock', { action: 'advance', by: action.by })
    if (action.do === 'expire' || action.do === 'revoke')
      return this.#steer(`POST /sessions/${action.do}`, { product: driver.product.name })
    if (action.do === 'login') {
      const reply = await this.#send(driver.login())
      if (driver.succeeded(reply)) this.tokens.unshift(driver.issued(reply))
      return bytesOf(reply)
    }
    if (action.do === 'reset') return bytesOf(await this.#send(driver.login(), true))
    if (action.do === 'odd') return bytesOf(await this.#send(driver.odd))
    if (action.do === 'stranger' || !('session' in action))
      return bytesOf(await this.#send(driver.use(driver.stranger)))
    return bytesOf(await this.#send(driver[action.do](this.tokens[action.session] ?? driver.stranger)))
  }

  #send(request: Request, gone = false): Promise<Response> {
    const { url, ...rest } = request
    return this.server.send({ ...rest, gone, url: `/~${this.space}${url}` })
  }

  async #steer(line: string, body: object): Promise<string> {
    const told = await this.server.ask(`${line}?space=${this.space}`, body)
    return told.text.replaceAll(`"space":"${this.space}"`, '"space":"…"')
  }
}

const bytesOf = ({ statusCode, headers, body }: Response): string =>
  `${statusCode}\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n${body}`
