import type { InjectOptions } from 'light-my-request'
import type { App } from '../app.js'
import { withRealTicks } from '../base/real-ticks.js'
import type { ListenerRole } from '../server/dispatcher.js'

export interface InjectedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string | undefined
  /** Behave as over TLS. */
  readonly secure?: boolean
}

export interface InjectedResponse {
  readonly status: number
  /** By lower-case name; values of the same name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The response of an app to a request without a socket. Throws for a method that is not an HTTP method. */
export const injectRequest = async (
  app: App,
  { method, url, headers, payload, secure = false }: InjectedRequest,
  role: ListenerRole
): Promise<InjectedResponse> => {
  const { inject } = await import('../http/inject-library.js')
  const options: InjectOptions = {
    // The library checks the method itself.
    method: method as NonNullable<InjectOptions['method']>,
    url,
    headers: { ...headers },
    ...(payload === undefined ? {} : { payload })
  }
  const response = await withRealTicks(() =>
    inject((request, response) => {
      if (secure) Object.defineProperty(request.socket, 'encrypted', { value: true })
      app.handle(request, response, role)
    }, options)
  )
  return { status: response.statusCode, headers: joinValues(response.headers), body: response.body }
}

const joinValues = (headers: Readonly<Record<string, number | string | string[] | undefined>>) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join(', ')]]))
  )
