import { isIP } from 'node:net'
import { parseDuration } from '../base/duration.js'
import { choice, nearest, UserError } from '../base/errors.js'
import { URL } from '../base/node-globals.js'
import { type Fidelity, fidelities, type Product } from '../product/product.js'
import { isText } from '../scenario/format/source.js'
import { spaceName } from '../session/space-values.js'

/** The input of a setting's parser beside the values. */
export interface ParseContext {
  readonly products: readonly Product[]
}

/** Parses the values of a setting: the last one, or all. Throws a UserError that names the valid values. */
export interface Parse<Value> {
  (values: readonly string[], context: ParseContext): Value
  /** The accepted words, where the setting has a list of them. */
  readonly words?: readonly string[]
}

/** The value of a setting that takes one: a later flag replaces an earlier one. */
const lastOf = (values: readonly string[]): string => values.at(-1) ?? ''

export const wholeNumber =
  (least: number, most: number, description: string): Parse<number> =>
  values => {
    const value = Number(lastOf(values))
    if (/^\d+$/.test(lastOf(values)) && value >= least && value <= most) return value
    throw new UserError(`expected ${description}`)
  }

export const port = wholeNumber(0, 65_535, 'a whole number from 0 to 65535, where 0 selects a free port')

/** Milliseconds. */
export const duration: Parse<number> = values => {
  const value = parseDuration(lastOf(values))
  if (value !== undefined && value > 0) return value
  throw new UserError('expected a duration such as 90s, 30m or 1h30m')
}

/** The path of a file or folder, which may not exist. */
export const path: Parse<string> = values => oneLine(lastOf(values), 'a path')

/** Paths of files. */
export const paths: Parse<readonly string[]> = values => values.map(value => oneLine(value, 'a path'))

/** Sent as `Authorization: Bearer <token>`, which takes visible ASCII characters. */
export const token: Parse<string> = values => {
  const value = oneLine(lastOf(values), 'a token')
  if (/^[\x21-\x7e]+$/.test(value)) return value
  throw new UserError('expected a token of ASCII letters, digits and signs, without spaces, as a header can carry it')
}

/** The name of a scenario or a path, in one line; or the text of a scenario, in any number of lines. */
export const scenario: Parse<string> = values => {
  const value = lastOf(values)
  return isText(value.trimEnd()) ? value : oneLine(value, 'a file, a name or a text')
}

export const keyPrefix: Parse<string> = values => {
  const prefix = lastOf(values)
  if (/^[\w.:-]{1,100}$/.test(prefix)) return prefix
  throw new UserError('expected 1 to 100 letters, digits, ".", ":", "_" or "-"')
}

/** A value from a file, such as a secret of Kubernetes or Docker, often ends in an invisible line break. */
const oneLine = (value: string, description: string): string => {
  if (/\p{Cc}$/u.test(value))
    throw new UserError(`expected ${description} in one line; it ends in a line break or another control character`)
  if (/\p{Cc}/u.test(value))
    throw new UserError(`expected ${description} in one line; there is a control character in it`)
  if (value.trim() !== value) throw new UserError(`expected ${description} without a space at its beginning or end`)
  return value
}

export const oneOf = <const Word extends string>(...words: readonly Word[]): Parse<Word> =>
  Object.assign(
    (values: readonly string[]) => {
      const found = words.find(word => word === lastOf(values))
      if (found !== undefined) return found
      throw new UserError(`expected ${choice(words)}${suggestion(lastOf(values), words)}`)
    },
    { words }
  )

/** `; did you mean observed?`, or nothing. */
const suggestion = (word: string, choices: readonly string[]): string => {
  const meant = nearest(word, choices)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false
}

export const trueOrFalse: Parse<boolean> = values => {
  const value = booleans[lastOf(values).toLowerCase()]
  if (value !== undefined) return value
  throw new UserError('expected true or false')
}

/** An IP address or a host name; an IPv6 address also in brackets, as in a URL. */
export const address: Parse<string> = values => {
  const host = lastOf(values).replace(/^\[(.*)\]$/, '$1')
  if (/^[^\s/[\]]+$/.test(host)) return host
  throw new UserError('expected an address or a host name, such as 127.0.0.1, ::1 or localhost')
}

/** The subject names of a certificate: host names and addresses, without scheme, port and path. */
export const hostNames: Parse<readonly string[]> = values => {
  const problems = values.flatMap(problemsOfHostName)
  if (problems.length === 0) return values
  throw new UserError(`expected host names and addresses, without scheme, port and path: ${problems.join('; ')}`)
}

const hostName = /^(?:\*\.)?(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)*[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?$/i

const problemsOfHostName = (name: string): string[] => {
  if (isIP(name) !== 0 || (hostName.test(name) && name.length <= 253)) return []
  const host = hostOfUrl(name)
  return [host === undefined || host === name ? `"${name}" is neither` : `for "${name}" give ${host}`]
}

/** The host of a URL, which may lack its scheme. */
const hostOfUrl = (text: string): string | undefined => {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text.replace(/^[^:]*/, 'http') : `http://${text}`
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : ''
  return isIP(host) !== 0 || hostName.test(host) ? host : undefined
}

/** The additional port of one product, with the space of its requests, if it has one. */
export interface ProductPort {
  readonly product: Product
  readonly port: number
  readonly space?: string
}

/** `<product>=<port>`, or `<product>=<port>@<space>`, for each port. */
export const listeners: Parse<readonly ProductPort[]> = (values, context) =>
  values.map(value => {
    const [, name = '', number, space] = /^([^=]*)(?:=([^@]*)(?:@(.*))?)?$/s.exec(value) ?? []
    if (number === undefined) throw new UserError('expected <product>=<port>, or <product>=<port>@<space>')
    if (space !== undefined && !spaceName.test(space))
      throw new UserError('expected the name of a space after @: 1 to 64 letters, digits, ".", "_" or "-"')
    return { product: findProduct(name, context), port: port([number], context), ...(space !== undefined && { space }) }
  })

/** The named ones, each once, in the order of the server's list. */
export const someProducts: Parse<readonly Product[]> = (values, context) => {
  const named = values.map(name => findProduct(name, context))
  return context.products.filter(product => named.includes(product))
}

/** `observed` for all, `<product>=observed` for one; of several for the same product the last counts. */
export const fidelity: Parse<Readonly<Record<string, Fidelity>>> = (values, context) => {
  const parseFidelity = oneOf(...fidelities)
  return Object.fromEntries(
    values.flatMap(value => {
      const [name = '', word] = value.split('=', 2)
      if (word === undefined) return context.products.map(product => [product.name, parseFidelity([value], context)])
      return [[findProduct(name, context).name, parseFidelity([word], context)]]
    })
  )
}

const findProduct = (name: string, { products }: ParseContext): Product => {
  const found = products.find(product => product.name === name)
  if (found) return found
  const names = products.map(product => product.name)
  throw new UserError(`expected the name of a product, ${choice(names)}${suggestion(name, names)}`)
}

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
