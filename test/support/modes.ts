import { Agent } from 'node:http'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import inject from 'light-my-request'
import t, { type Test } from 'tap'
import { products as known } from '../../routes/index.js'
import type { Client } from '../../src/client/client.js'
import type { StartOptions } from '../../src/client/options.js'
import { startServer } from '../../src/client/start.js'
import type { Product } from '../../src/product/product.js'
import { ScenarioCatalog } from '../../src/scenario/format/catalog.js'
import { systemClock as real, type SystemClock } from '../../src/session/clock.js'
import { toy } from '../fixtures/toy.js'
import { promised, type Told, toldBy } from './control.js'
import { controlEndpoints } from './control-endpoints.js'
import { double } from './double.js'
import type { Reply, Request } from './driver.js'
import { engineProcess, noEngine } from './engine-process.js'
import { ask } from './serving.js'
import { startCommand } from './tested-server.js'

/** The products of every mode. */
export const products: readonly Product[] = [...known, toy]
export const catalog = new ScenarioCatalog(fileURLToPath(new URL('../../scenarios/', import.meta.url)), products)
/** A dashboard that needs no build. */
const dashboard = fileURLToPath(new URL('../fixtures/dashboard/', import.meta.url))

/** A running server, whatever the way to it. */
export interface Mode {
  readonly name: string
  /**
   * Sends a request, to the listener of this product alone if one is given. Resolves to undefined if the connection broke before the
   * complete response. `onText` receives the parts of the body, where they come in parts.
   */
  send(request: Request, own?: Product, onText?: (text: string) => void): Promise<Reply | undefined>
  /** Sends a request to the control API: `GET /clock?space=a`. Throws if the response does not conform to the OpenAPI description. */
  control(line: string, body?: unknown): Promise<Told>
  /** All products share the listener: a request with the path of another product, or of none, does not reach this one. */
  readonly sharesPaths?: boolean
  /** A new space with this scenario. The names are the same in every mode. */
  space(scenario: object): Promise<Space>
  /** The space of this name. */
  at(name: string): Space
  /** The delays so far, in milliseconds; they take no time. */
  readonly slept: readonly number[]
  close(): Promise<void>
}

type Served = Pick<Mode, 'send' | 'sharesPaths' | 'slept' | 'close'>

/** The modes. A further one is an entry here: all suites of `inEveryMode` include it. */
const modes: Readonly<Record<string, { open(t: Test): Promise<Served>; readonly skip?: string | false }>> = {
  memory: {
    open: async () => {
      const { app, check, systemClock } = double({ products, catalog, dashboard, version: '1.2.3' })
      const send: Mode['send'] = async (request, product) => {
        const sent = inject((req, res) => app.handle(req, res, product ? { product } : {}), { ...request })
        const reply = await sent.catch(orBroken)
        await check()
        return reply
      }
      return { send, slept: systemClock.slept, close: async () => app.close() }
    }
  },
  store: {
    skip: noEngine,
    open: async t => {
      const { url } = await engineProcess(t)
      const slept: number[] = []
      const replicas = [await listening({ store: url }, slept), await listening({ store: url }, slept)] as const
      let turn = 0
      return {
        slept,
        send: (...sent) => {
          turn += 1
          return replicas[turn % 2 === 0 ? 0 : 1].send(...sent)
        },
        close: async () => void (await Promise.all(replicas.map(each => each.close())))
      }
    }
  },
  library: {
    open: async () => {
      const slept: number[] = []
      const client = await started({ port: false }, hurried(slept))
      return {
        slept,
        sharesPaths: true,
        send: request => client.inject(request).catch(orBroken),
        close: () => client.stop()
      }
    }
  },
  http: { open: () => listening({}) }
}

/** The command of the package in its own process, for tests of what ships: real delays, and no toy product. */
const packageMode = {
  open: async (t: Test): Promise<Served> => {
    const { url, products: urls } = await startCommand(t, ...known.flatMap(({ name }) => ['--listen', `${name}=0`]))
    const agent = new Agent({ keepAlive: true })
    t.teardown(() => agent.destroy())
    const origin = (own?: Product) => new URL(own ? (urls[own.name] ?? url) : url).origin
    return {
      slept: [],
      send: (request, own, onText) => ask(origin(own), request, agent, onText).catch(orBroken),
      close: async () => undefined
    }
  }
}

/** Runs the test once in each mode, on a server of its own. In test/shipped the only mode is the package. */
export const inEveryMode = (run: (t: Test, mode: Mode) => Promise<void>): void => {
  const chosen: typeof modes = process.env.TEST_MODE === 'package' ? { package: packageMode } : modes
  for (const [name, { open, skip = false }] of Object.entries(chosen))
    t.test(name, { skip }, async t => {
      const served = await open(t)
      const control: Mode['control'] = async (line, body) => {
        const [method = '', path = ''] = line.split(/ (.*)/s)
        const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
        const reply = await served.send({
          method: method as Request['method'],
          url: `/__admin${path}`,
          ...(payload !== undefined && { payload })
        })
        if (!reply) throw new Error(`${line} has no response`)
        return promised(method, path, toldBy(reply.statusCode, reply.headers, reply.body))
      }
      t.teardown(served.close)
      let spaces = 0
      const at: Mode['at'] = name => spaceOf({ ...served, control }, name)
      const space: Mode['space'] = async scenario => {
        spaces += 1
        const created = at(`space-${spaces}`)
        const { status, text } = await created.control('PUT /scenario', scenario)
        if (status !== 200) throw new Error(text)
        return created
      }
      await run(t, { name, ...served, control, space, at })
    })
}

/** A space of a server. */
export interface Space extends Pick<Mode, 'send' | 'control'> {
  readonly name: string
  /** Advances its clock, in milliseconds. */
  advance(ms: number): Promise<void>
}

const spaceOf = ({ send, control }: Pick<Mode, 'send' | 'control'>, name: string): Space => {
  const steer: Space['control'] = (line, body) => control(`${line}${line.includes('?') ? '&' : '?'}space=${name}`, body)
  return {
    name,
    control: steer,
    send: (request, ...more) => send({ ...request, url: `/~${name}${request.url}` }, ...more),
    advance: async ms => {
      const { status, text } = await steer('PUT /clock', { action: 'advance', by: `${ms}ms` })
      if (status !== 200) throw new Error(text)
    }
  }
}

const started = (options: StartOptions, systemClock: SystemClock): Promise<Client> =>
  startServer(
    { logLevel: 'silent', ...options },
    { version: '1.2.3', products, endpoints: controlEndpoints, scenarios: catalog.folder, dashboard, systemClock }
  )

/** A server with a port for all products, and one for each. */
const listening = async (options: StartOptions, slept: number[] = []): Promise<Served> => {
  const listen = Object.fromEntries(products.map(({ name }) => [name, 0]))
  const client = await started({ ...options, listen }, hurried(slept, options.store !== undefined))
  const agent = new Agent({ keepAlive: true })
  const origin = (own?: Product) => new URL(client.url(own?.name as 'hcx')).origin
  return {
    slept,
    send: (request, own, onText) => ask(origin(own), request, agent, onText).catch(orBroken),
    close: async () => {
      await client.stop()
      agent.destroy()
    }
  }
}

/** The clock of the system with delays that take no time. With a store, time limits for the engine, which can be aborted, are real. */
const hurried = (slept: number[], hasStore = false): SystemClock => ({
  ...real,
  sleep: async (ms, signal) => {
    if (hasStore && signal) return real.sleep(ms, signal)
    slept.push(ms)
    await endOfTurn()
  }
})

/** Undefined for a broken connection; other errors are thrown. */
const orBroken = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === 'ECONNRESET' || /socket (hang up|closed)|destroyed|aborted/i.test(error.message)) return undefined
  throw error
}
