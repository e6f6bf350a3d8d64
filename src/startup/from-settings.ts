import { totalmem } from 'node:os'
import { type App, createApp } from '../app.js'
import { type AppOptions, mostJournalBytes } from '../app-options.js'
import type { Settings } from '../config/settings.js'
import type { Listener } from '../server/listeners.js'
import { systemClock } from '../state/clock.js'
import type { TlsIdentity } from '../tls/identity.js'

type AppParts = Pick<
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
export const appOf = (settings: Settings, { products, dashboard, ...rest }: AppParts): App =>
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
  const { tlsIdentity } = await import('../tls/identity.js')
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
