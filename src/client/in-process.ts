import type { App } from '../app.js'
import { injectRequest } from '../startup/inject.js'
import type { Transport } from './transport.js'

/** Calls the app directly, without a socket. */
export const inProcess = (app: App, token: string | undefined): Pick<Transport, 'control' | 'serve'> => {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return {
    control: request =>
      injectRequest(app, { ...request, headers: { ...authorization, ...request.headers } }, { control: 'alone' }),
    serve: request => injectRequest(app, request, {})
  }
}
