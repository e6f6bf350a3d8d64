import { defaultSpaceName, spaceName } from '../state/space-name.js'
import type { Client } from './client.js'
import { type ControlCall, createControlCall, durationText, searchBody } from './control-call.js'
import { clockControl, holdControl, requestControl, scenarioControl, sessionControl } from './controls.js'
import { outgoingRequest, readAnswer } from './inject.js'
import type { Transport } from './transport.js'

/** The client of a server, or of one of its spaces. */
export const createClient = (transport: Transport, space?: string): Client => {
  const call = createControlCall(transport, space)
  const prefix = space === undefined || space === defaultSpaceName ? '' : `/~${space}`
  const stop = async () => {
    if (space === undefined) await transport.stop()
    else await call('DELETE', '/spaces')
  }
  return {
    url: (product, { secure = false } = {}) => {
      const { origin, base } = transport.locate(product, secure)
      return `${origin}${prefix}${base}`
    },
    inject: async request => readAnswer(await transport.serve(outgoingRequest(request, prefix))),
    space: name => createClient(transport, checkSpaceName(name)),
    clock: clockControl(call),
    sessions: sessionControl(call),
    requests: requestControl(call),
    scenario: scenarioControl(call),
    holds: holdControl(call),
    verify: (expected, options) => verify(call, expected, options),
    verdicts: () => call('GET', '/verdicts'),
    snapshot: ({ rows = false } = {}) => call('GET', '/snapshot', { query: { secrets: 'true', rows: `${rows}` } }),
    restore: async snapshot => {
      await call('PUT', '/snapshot', { body: snapshot })
    },
    fork: async (name, { rows = false } = {}) => {
      const fork = createClient(transport, checkSpaceName(name))
      await call('POST', `/spaces/${space ?? defaultSpaceName}/fork`, { body: { to: name, rows } })
      return fork
    },
    reset: async () => {
      await call('POST', '/reset')
    },
    stop,
    [asyncDispose]: stop
  }
}

const verify = async (call: ControlCall, ...[expected, { order, within } = {}]: Parameters<Client['verify']>) => {
  await call('POST', '/verify', {
    body: { requests: [expected].flat().map(searchBody), order, within: durationText(within) }
  })
}

/** Missing in some engines and in contexts of `node:vm`. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')

const checkSpaceName = (name: string): string => {
  if (spaceName.test(name)) return name
  throw new Error(`a space's name has 1 to 64 letters, digits, ".", "_" or "-"; this one is ${JSON.stringify(name)}`)
}
