import { type App, type AppOptions, createApp } from '../app.js'
import { wall } from '../clock.js'
import type { Door } from '../server.js'
import type { TlsIdentity } from '../tls/tls.js'
import type { Settings } from './settings.js'

type Rest = Pick<AppOptions, 'products' | 'story' | 'library' | 'version' | 'told' | 'bug' | 'steered' | 'audit' | 'ca'>

/** The app that the settings ask for, by the real time; `products` are those to serve where they name none. */
export const appOf = (settings: Settings, { products, ...rest }: Rest): App =>
  createApp({
    ...rest,
    products: settings.products ?? products,
    settings: Object.fromEntries(Object.entries(settings.fidelity).map(([name, fidelity]) => [name, { fidelity }])),
    anyone: settings.accounts === 'any',
    bodyLimit: settings.bodyLimit,
    remember: settings.remember,
    prefer: settings.prefer,
    spaceIdle: settings.spaceIdle,
    journal: settings.journal,
    showSecrets: settings.showSecrets,
    adminToken: settings.adminToken,
    wall
  })

/** With a port of its own, the control API is on no other. */
export const doorsOf = ({ port, listen, adminPort, httpsPort }: Settings, tls?: TlsIdentity): Door[] => {
  const secure: Door[] = httpsPort !== undefined && tls ? [{ port: httpsPort, tls }] : []
  const doors: Door[] = [{ port }, ...secure, ...listen]
  if (adminPort === undefined) return doors
  return [...doors.map((door): Door => ({ ...door, control: 'elsewhere' })), { port: adminPort, control: 'alone' }]
}

/** What HTTPS is spoken with, where a port for it is wanted; what makes and reads it is loaded only then. */
export const tlsOf = async (settings: Settings): Promise<TlsIdentity | undefined> => {
  const { httpsPort, tlsCert: cert, tlsKey: key, tlsNames: names, tlsDir: dir, tlsClientCa: clientCa } = settings
  if (httpsPort === undefined) return undefined
  const { tlsIdentity } = await import('../tls/tls.js')
  return tlsIdentity({
    cert,
    key,
    names,
    dir,
    clientCa,
    min: settings.tlsMin,
    fault: settings.tlsFault,
    now: wall.now()
  })
}
