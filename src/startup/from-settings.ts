import { type App, type AppOptions, createApp } from '../app.js'
import type { Settings } from '../config/settings.js'
import type { Listener } from '../server/listeners.js'
import { systemClock } from '../state/clock.js'
import type { TlsIdentity } from '../tls/identity.js'

type Rest = Pick<
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
>

/** The app that the settings ask for, by the real time; `products` are those to serve where they name none. */
export const appOf = (settings: Settings, { products, dashboard, ...rest }: Rest): App =>
  createApp({
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
    journalBytes: settings.journalBytes,
    maxSpaces: settings.maxSpaces,
    maxSessions: settings.maxSessions,
    maxNames: settings.maxNames,
    showSecrets: settings.showSecrets,
    adminToken: settings.adminToken,
    systemClock
  })

/** With a port of its own, the control API is on no other. */
export const listenersOf = ({ port, listen, adminPort, httpsPort }: Settings, tls?: TlsIdentity): Listener[] => {
  const secure: Listener[] = httpsPort !== undefined && tls ? [{ port: httpsPort, tls }] : []
  const listeners: Listener[] = [{ port }, ...secure, ...listen]
  if (adminPort === undefined) return listeners
  return [
    ...listeners.map((listener): Listener => ({ ...listener, control: 'elsewhere' })),
    { port: adminPort, control: 'alone' }
  ]
}

/** What HTTPS is spoken with, where a port for it is wanted; what makes and reads it is loaded only then. */
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
