import { setMaxListeners } from 'node:events'
import type { Wall } from './clock.js'
import type { Audit } from './command/strict.js'
import type { House } from './control/control.js'
import type { Witness } from './exchange.js'
import { createFront, type Handle } from './front.js'
import { Events } from './journal/events.js'
import { Metrics } from './journal/metrics.js'
import { Recorder, type Told } from './journal/record.js'
import type { Product } from './product.js'
import { Spaces } from './spaces.js'
import type { ProductSettings, Stories, Story } from './story.js'

export interface AppOptions {
  readonly products: readonly Product[]
  readonly story: Story
  /** What the command line says of single products, by name; the story's own word beats it. */
  readonly settings?: Readonly<Record<string, ProductSettings>>
  /** Lets everyone in, with any password. */
  readonly anyone?: boolean
  /** Bytes that a body may have; default 1 MiB. */
  readonly bodyLimit?: number
  /** Ended sessions remembered per product and space; default 10,000. */
  readonly remember?: number
  /** Lets requests ask for effects themselves, by `Prefer`; default true. */
  readonly prefer?: boolean
  /** Milliseconds without a request after which a space goes away; default half an hour. */
  readonly spaceIdle?: number
  /** Requests that each space's journal holds; default 10,000. */
  readonly journal?: number
  /** The journal and the control API show passwords and tokens whole. */
  readonly showSecrets?: boolean
  /** The bearer token that the control API asks for. */
  readonly adminToken?: string | undefined
  /** The certificate of the authority that was made for HTTPS, PEM, for the control API to hand out. */
  readonly ca?: string | undefined
  /** What the control API calls this server's version. */
  readonly version?: string
  /** Where the control API finds the scenarios that it is told; left out, they come as texts. */
  readonly library?: Stories
  readonly wall: Wall
  readonly witness?: Witness
  /** Told of each request to a product or to none, and of what our own code threw on it. */
  readonly told?: Told
  /** Told what our own code threw outside of a product's work, and where; left out, in the control API. */
  readonly bug?: (error: unknown, where?: string) => void
  /** Told what the control API was asked to change, in words, once that is done. */
  readonly steered?: (words: string, facts: Readonly<Record<string, unknown>>) => void
  /** Told before a space forgets what was in it. */
  readonly audit?: Audit
}

export interface App {
  readonly handle: Handle
  readonly spaces: Spaces
  readonly products: readonly Product[]
  /** The server is to stop: lets go of requests that would wait for ever. */
  leave(): void
}

/** What holds where an option is left out. */
const defaults = {
  settings: {},
  anyone: false,
  bodyLimit: 1_048_576,
  remember: 10_000,
  journal: 10_000,
  prefer: true,
  spaceIdle: 1_800_000,
  showSecrets: false,
  version: '0.0.0',
  witness: () => undefined,
  told: () => undefined,
  steered: () => undefined,
  bug: (_error: unknown, _where?: string) => undefined
}

/** Puts everything together; listens to nothing. A product is mounted when the first request for it comes. */
export const createApp = (options: AppOptions): App => {
  const whole = { ...defaults, library: textsOnly(options.products), ...options }
  const { products, story, wall, bodyLimit, version } = whole
  const stopping = new AbortController()
  // Any number of requests may wait at once for it.
  setMaxListeners(0, stopping.signal)
  const bug = quietly(whole.bug)
  const failed = (error: unknown) => bug(error, 'an observer of requests')
  const events = new Events(undefined, failed)
  const spaces = new Spaces({ ...whole, events, stopping: stopping.signal, audit: options.audit }, story)
  const metrics = new Metrics(spaces, products)
  const recorder = new Recorder({ ...whole, events, metrics, failed })
  const house: House = {
    ...whole,
    bug,
    spaces,
    events,
    metrics,
    ca: options.ca,
    began: wall.elapsed(),
    waiting: { count: 0 },
    written: new WeakMap()
  }
  const mounted = keyed(async (product: Product) => {
    // The router takes longer to load than all else that a server needs to start.
    const { mount } = await import('./mount.js')
    return mount(product, { spaces, witness: recorder.call, failed, bodyLimit })
  })
  const control = keyed((_key: 'control') => controlOf(house, options.adminToken, bodyLimit))
  return {
    handle: createFront({ products, spaces, recorder, bodyLimit, version, mounted, control: () => control('control') }),
    spaces,
    products,
    leave: () => {
      stopping.abort()
      spaces.close()
    }
  }
}

/** Whatever the listener throws has nobody left to be told to. */
const quietly =
  <Told extends unknown[]>(tell: (...told: Told) => void): ((...told: Told) => void) =>
  (...told) => {
    try {
      tell(...told)
    } catch {}
  }

const controlOf = async (house: House, token: string | undefined, bodyLimit: number) => {
  const [{ mountControl }, { endpoints }] = await Promise.all([
    import('./control/control-mount.js'),
    import('../routes/control/index.js')
  ])
  return mountControl({ house, endpoints, token, bodyLimit })
}

/** Stories where none are shipped: they come as texts. */
const textsOnly = (products: readonly Product[]): Stories => {
  const read: Stories['read'] = async source => (await import('./scenario/parse.js')).createParse(products)(source)
  return { read, find: text => read({ name: 'scenario', text }), names: async () => [] }
}

/** Makes what a key stands for when it is first asked for, once; from then on it is there at once. */
const keyed = <Key, Value extends object>(
  make: (key: Key) => Promise<Value>
): ((key: Key) => Value | Promise<Value>) => {
  const made = new Map<Key, Value | Promise<Value>>()
  return key => {
    const known = made.get(key)
    if (known) return known
    const coming = make(key).then(value => {
      made.set(key, value)
      return value
    })
    made.set(key, coming)
    return coming
  }
}
