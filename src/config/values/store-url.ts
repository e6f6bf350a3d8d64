import { URL } from '../../base/node-globals.js'
import { UserError } from '../../base/user-error.js'
import { lastOf, type Parse } from './parse.js'

/** The address and the credentials of an engine. */
export interface StoreAddress {
  /** Scheme, host, port and database, without user and password: for output. */
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

/** The URL of an engine. Throws a UserError without the URL, as the URL may have a password. */
export const storeUrl: Parse<StoreAddress> = values => {
  const text = lastOf(values)
  if (!URL.canParse(text)) throw new UserError(`expected ${forms}`)
  const url = new URL(text)
  if (url.protocol === 'unix:') return parseSocketUrl(url)
  const tls = schemes[url.protocol]
  if (tls === undefined) throw new UserError(`expected ${forms}; the scheme ${url.protocol}// is unknown`)
  if (url.hostname === '') throw new UserError(`expected ${forms}; there is no host`)
  const db = databaseOf(url.pathname.slice(1))
  const port = url.port === '' ? 6379 : Number(url.port)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return { shown: `${url.protocol}//${url.hostname}:${port}/${db}`, host, port, db, tls, ...credentialsOf(url) }
}

const parseSocketUrl = (url: URL): StoreAddress => {
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
