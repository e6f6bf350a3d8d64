import type { InjectOptions } from 'light-my-request'
import type { App } from '../app.js'
import { withRealTicks } from '../base/real-ticks.js'
import type { ListenerRole } from '../server/dispatcher.js'
import type { OutgoingRequest, Reply, Transport } from './transport.js'

/** Asks the app itself: no socket is opened. */
export const inProcess = (app: App, token: string | undefined): Pick<Transport, 'control' | 'serve'> => {
  const ask = async ({ method, url, headers, payload }: OutgoingRequest, role: ListenerRole): Promise<Reply> => {
    const { inject } = await import('../http/inject-library.js')
    const options: InjectOptions = {
      method: method as NonNullable<InjectOptions['method']>,
      url,
      headers,
      ...(payload === undefined ? {} : { payload })
    }
    const sent = withRealTicks(() => inject((request, response) => app.handle(request, response, role), options))
    const { statusCode, headers: answered, body } = await sent
    return { status: statusCode, headers: flat(answered), body }
  }
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return {
    control: request => ask({ ...request, headers: { ...authorization, ...request.headers } }, { control: 'alone' }),
    serve: request => ask(request, {})
  }
}

const flat = (headers: Readonly<Record<string, number | string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join(', ')]]))
  )
