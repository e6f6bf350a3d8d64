import { defaultSpaceName, spaceName } from '../state/space-name.js'
import type { Client } from './client.js'
import { createControlCall, durationText, searchBody } from './control-call.js'
import { clockControl, holdControl, requestControl, scenarioControl, sessionControl } from './controls.js'
import { outgoingRequest, readAnswer } from './inject.js'
import type { Transport } from './transport.js'

/** The client of a server, or of one space of it. */
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
    space: name => createClient(transport, checkedSpaceName(name)),
    clock: clockControl(call),
    sessions: sessionControl(call),
    requests: requestControl(call),
    scenario: scenarioControl(call),
    holds: holdControl(call),
    verify: async (expected, { order, within } = {}) => {
      await call('POST', '/verify', {
        body: { requests: [expected].flat().map(searchBody), order, within: durationText(within) }
      })
    },
    verdicts: () => call('GET', '/verdicts'),
    snapshot: ({ rows = false } = {}) => call('GET', '/snapshot', { query: { secrets: 'true', rows: `${rows}` } }),
    restore: async snapshot => {
      await call('PUT', '/snapshot', { body: snapshot })
    },
    fork: async (name, { rows = false } = {}) => {
      const fork = createClient(transport, checkedSpaceName(name))
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

/** Missing in some engines and in contexts of `node:vm`. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')

const checkedSpaceName = (name: string): string => {
  if (spaceName.test(name)) return name
  throw new Error(`a space's name has 1 to 64 letters, digits, ".", "_" or "-"; this one is ${JSON.stringify(name)}`)
}
