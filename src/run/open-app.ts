import { totalmem } from 'node:os'
import type { InjectOptions } from 'light-my-request'
import { type App, createApp } from '../app.js'
import { type AppOptions, mostJournalBytes } from '../app-options.js'
import { withRealTicks } from '../base/real-timers.js'
import type { Settings } from '../config/settings.js'
import type { EventListener } from '../journal/events.js'
import type { StrictAudit } from '../journal/verdicts.js'
import type { ScenarioCatalog } from '../scenario/format/catalog.js'
import type { ListenerRole } from '../server/dispatcher.js'
import type { TlsIdentity } from '../server/identity.js'
import type { Listener } from '../server/listeners.js'
import { systemClock } from '../session/clock.js'
import type { Audit } from '../space/space-options.js'
import type { Store } from '../store/store.js'
import { type OpenStoreOptions, openStoreOf } from './app-store.js'
import { allAudits } from './read-scenario.js'

type SettledParts = Pick<
  AppOptions,
  | 'products'
  | 'endpoints'
  | 'scenario'
  | 'catalog'
  | 'version'
  | 'onExchange'
  | 'hint'
  | 'onEvent'
  | 'bug'
  | 'steered'
  | 'audit'
  | 'ca'
  | 'dashboard'
  | 'overlay'
  | 'replication'
> &
  Partial<Pick<AppOptions, 'systemClock'>>

/** Bytes of memory that this process may use. A limit of its container counts, in version 1 and 2 of cgroups; without one Node returns 0 or a number beyond any memory. */
export const availableMemory = (limit = process.constrainedMemory(), total = totalmem()): number =>
  Math.min(limit || Number.POSITIVE_INFINITY, total)

/** The sessions, and the program itself with about 100 MiB, need memory beside the journals. */
export const defaultJournalBytes = (memory: number): number => Math.min(mostJournalBytes, Math.floor(memory / 4))

/** The app of the settings, by default with the system clock. `products` is the default for the setting of that name. */
export const appOf = (settings: Settings, { products, dashboard, ...rest }: SettledParts): App =>
  createApp({
    systemClock,
    ...rest,
    dashboard: settings.dashboard ? dashboard : undefined,
    products: settings.products ?? products,
    settings: Object.fromEntries(Object.entries(settings.fidelity).map(([name, fidelity]) => [name, { fidelity }])),
    anyone: settings.accounts === 'any',
    bodyLimit: settings.bodyLimit,
    remember: settings.remember,
    prefer: settings.prefer,
    spaceIdle: settings.spaceIdle,
    journal: settings.journal,
    journalBytes: settings.journalBytes ?? defaultJournalBytes(availableMemory()),
    maxSpaces: settings.maxSpaces,
    maxSessions: settings.maxSessions,
    maxNames: settings.maxNames,
    showSecrets: settings.showSecrets,
    adminToken: settings.adminToken
  })

/** A separate port for the control API removes it from all other ports. */
export const listenersOf = ({ port, listen, adminPort, httpsPort }: Settings, tls?: TlsIdentity): Listener[] => {
  const https: Listener[] = httpsPort !== undefined && tls ? [{ port: httpsPort, tls }] : []
  const listeners: Listener[] = [{ port }, ...https, ...listen]
  if (adminPort === undefined) return listeners
  return [
    ...listeners.map((listener): Listener => ({ ...listener, control: 'elsewhere' })),
    { port: adminPort, control: 'alone' }
  ]
}

/** The TLS identity of the HTTPS port; undefined without one. The code for certificates is loaded only with that port. */
export const tlsOf = async (settings: Settings): Promise<TlsIdentity | undefined> => {
  const { httpsPort, tlsCert: cert, tlsKey: key, tlsNames: names, tlsDir: dir, tlsClientCa: clientCa } = settings
  if (httpsPort === undefined) return undefined
  const { tlsIdentity } = await import('../server/identity.js')
  return tlsIdentity({
    cert,
    key,
    names,
    dir,
    clientCa,
    min: settings.tlsMin,
    fault: settings.tlsFault,
    now: systemClock.now()
  })
}

type AppParts = Pick<AppOptions, 'products' | 'endpoints' | 'dashboard' | 'onExchange' | 'hint' | 'bug' | 'steered'>

interface OpenAppOptions extends AppParts, OpenStoreOptions {
  readonly catalog: ScenarioCatalog
  readonly overlay: AppOptions['overlay']
  readonly tls: TlsIdentity | undefined
  /** Records everything for a report. */
  readonly recorder?: (Audit & { readonly onEvent: EventListener }) | undefined
}

/** An app with its store and audit, not listening yet. */
export interface OpenApp {
  readonly app: App
  readonly store: Store | undefined
  readonly strict: StrictAudit | undefined
}

/** Opens the app of these settings, and loads its spaces from the store. Throws a UserError if the store is unusable. */
export const openApp = async (settings: Settings, options: OpenAppOptions): Promise<OpenApp> => {
  const { tls, recorder, log: _log, ...parts } = options
  const strict = settings.strict
    ? await (await import('./strict-audit.js')).createStrictAudit(options.catalog)
    : undefined
  const store = await openStoreOf(settings, options)
  const app = appOf(settings, {
    ...parts,
    replication: store,
    ca: tls?.ca,
    ...allAudits(strict, recorder),
    ...(recorder && { onEvent: recorder.onEvent })
  })
  try {
    await store?.load()
  } catch (error) {
    await store?.close()
    throw error
  }
  return { app, store, strict }
}

interface InjectedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string | undefined
  /** Behave as over TLS. */
  readonly secure?: boolean
}

interface InjectedResponse {
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
