import { createHash } from 'node:crypto'
import { defaultSpaceName, spaceName } from '../state/space-name.js'
import type { Client } from './client.js'
import { type ControlCall, createControlCall, durationText, searchBody } from './control-call.js'
import { ControlError } from './control-error.js'
import { clockControl, holdControl, requestControl, scenarioControl, sessionControl } from './controls.js'
import { outgoingRequest, readAnswer } from './inject.js'
import type { Transport } from './transport.js'

/** The client of a server, or of one of its spaces. */
export const createClient = (transport: Transport, space?: string): Client => {
  const call = createControlCall(transport, space)
  const prefix = space === undefined || space === defaultSpaceName ? '' : `/~${space}`
  const stop = () => (space === undefined ? transport.stop() : removeSpace(transport, space))
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

const removeSpace = async (transport: Transport, space: string): Promise<void> => {
  try {
    await createControlCall(transport, undefined)('DELETE', '/spaces', { query: { space } })
  } catch (error) {
    if (!(error instanceof ControlError) || error.status !== 404) throw error
  }
}

const verify = async (call: ControlCall, ...[expected, { order, within } = {}]: Parameters<Client['verify']>) => {
  await call('POST', '/verify', {
    body: { requests: [expected].flat().map(searchBody), order, within: durationText(within) }
  })
}

/** Missing in some engines and in contexts of `node:vm`. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')

/**
 * A valid name of a space from the titles of a test, such as its file and its name: the same for the same titles, and another one for
 * others.
 */
export const spaceNameOf = (...titles: readonly [string, ...string[]]): string => {
  const [title] = titles
  if (titles.length === 1 && spaceName.test(title)) return title
  const words = titles
    .join(' ')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 51)
  const hash = createHash('sha256').update(JSON.stringify(titles)).digest('hex').slice(0, 12)
  return words === '' ? hash : `${words}-${hash}`
}

const checkSpaceName = (name: string): string => {
  if (spaceName.test(name)) return name
  throw new Error(
    `a space's name has 1 to 64 letters, digits, ".", "_" or "-"; this one is ${JSON.stringify(name)}; spaceNameOf(title) makes one from any title`
  )
}
