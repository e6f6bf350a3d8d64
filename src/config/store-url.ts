import { UserError } from '../base/user-error.js'

/** Where the engine is, and how to log in. */
export interface StoreAddress {
  /** Scheme, host, port and database, without user and password: for people. */
  readonly shown: string
  readonly host?: string
  readonly port?: number
  /** A Unix socket. */
  readonly path?: string
  readonly username?: string
  readonly password?: string
  readonly db: number
  readonly tls: boolean
}

const forms =
  'redis://host:6379/0, rediss://host:6380/0 (TLS) or unix:///run/valkey.sock?db=0; valkey:// and valkeys:// are the same'

const schemes: Readonly<Record<string, boolean>> = {
  'redis:': false,
  'valkey:': false,
  'rediss:': true,
  'valkeys:': true
}

/** Reads the URL of an engine. Throws a UserError that does not repeat the URL, which may hold a password. */
export const parseStoreUrl = (text: string): StoreAddress => {
  if (!URL.canParse(text)) throw new UserError(`expected ${forms}`)
  const url = new URL(text)
  if (url.protocol === 'unix:') return socketOf(url)
  const tls = schemes[url.protocol]
  if (tls === undefined) throw new UserError(`expected ${forms}; ${url.protocol}// is no scheme of it`)
  if (url.hostname === '') throw new UserError(`expected ${forms}; there is no host`)
  const db = databaseOf(url.pathname.slice(1))
  const port = url.port === '' ? 6379 : Number(url.port)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return { shown: `${url.protocol}//${url.hostname}:${port}/${db}`, host, port, db, tls, ...credentialsOf(url) }
}

const socketOf = (url: URL): StoreAddress => {
  const path = decode(url.pathname)
  if (url.host !== '' || path === '/' || path === '')
    throw new UserError(`expected ${forms}; the path of a socket is absolute`)
  const db = databaseOf(url.searchParams.get('db') ?? '')
  return { shown: `unix://${path}?db=${db}`, path, db, tls: false, ...credentialsOf(url) }
}

const databaseOf = (text: string): number => {
  if (!/^\d{0,5}$/.test(text)) throw new UserError(`expected ${forms}; a database is a whole number`)
  return Number(text)
}

const credentialsOf = ({ username, password }: URL): Pick<StoreAddress, 'username' | 'password'> => ({
  ...(username !== '' && { username: decode(username) }),
  ...(password !== '' && { password: decode(password) })
})

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new UserError('expected a URL whose percent signs encode UTF-8; a percent sign itself is %25')
  }
}
