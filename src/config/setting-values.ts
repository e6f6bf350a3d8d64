import { isIP } from 'node:net'
import { parseDuration } from '../base/duration.js'
import { choice, nearest, UserError } from '../base/user-error.js'
import { type Fidelity, fidelities, type Product } from '../product/product.js'
import { isText } from '../scenario/format/source.js'
import { spaceName } from '../state/space-name.js'
import { parseStoreUrl, type StoreAddress } from './store-url.js'

/** What a setting's parser may look at beside its own text. */
export interface ParseContext {
  readonly products: readonly Product[]
}

/** Parses the given values: the last one, or all. Throws a UserError with what is valid. */
export interface Parse<Value> {
  (given: readonly string[], known: ParseContext): Value
  /** All that it accepts, where that is a list of words. */
  readonly words?: readonly string[]
}

export const wholeNumber =
  (least: number, most: number, what: string): Parse<number> =>
  given => {
    const value = Number(lastOf(given))
    if (/^\d+$/.test(lastOf(given)) && value >= least && value <= most) return value
    throw new UserError(`expected ${what}`)
  }

/** What can be wrong with a server's certificate on purpose: its time is over, it is for another host, nobody has signed it, or an unknown authority has. */
export const tlsFaults = ['expired', 'wrong-host', 'self-signed', 'untrusted'] as const
export type TlsFault = (typeof tlsFaults)[number]

export const oneOf = <const Word extends string>(...words: readonly Word[]): Parse<Word> =>
  Object.assign(
    (given: readonly string[]) => {
      const found = words.find(word => word === lastOf(given))
      if (found !== undefined) return found
      throw new UserError(`expected ${choice(words)}${hint(lastOf(given), words)}`)
    },
    { words }
  )

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false
}

export const trueOrFalse: Parse<boolean> = given => {
  const value = words[lastOf(given).toLowerCase()]
  if (value !== undefined) return value
  throw new UserError('expected true or false')
}

/** Milliseconds. */
export const duration: Parse<number> = given => {
  const value = parseDuration(lastOf(given))
  if (value !== undefined && value > 0) return value
  throw new UserError('expected a duration such as 90s, 30m or 1h30m')
}

/** The path of a file or folder; whether it is there is seen where it is used. */
export const path: Parse<string> = given => oneLine(lastOf(given), 'a path')

/** Paths of files. */
export const paths: Parse<readonly string[]> = given => given.map(each => oneLine(each, 'a path'))

/** Sent as `Authorization: Bearer <token>`, which takes visible ASCII characters. */
export const token: Parse<string> = given => {
  const value = oneLine(lastOf(given), 'a token')
  if (/^[\x21-\x7e]+$/.test(value)) return value
  throw new UserError('expected a token of ASCII letters, digits and signs, without spaces, as a header can carry it')
}

/** The name of a scenario or a path, in one line; or a scenario's text, in as many as there are. */
export const scenario: Parse<string> = given => {
  const value = lastOf(given)
  return isText(value.trimEnd()) ? value : oneLine(value, 'a file, a name or a text')
}

/** What comes from a file, such as a secret of Kubernetes or Docker, often ends in a line break that nobody sees. */
const oneLine = (value: string, what: string): string => {
  if (/\p{Cc}$/u.test(value))
    throw new UserError(`expected ${what} in one line; it ends in a line break or another control character`)
  if (/\p{Cc}/u.test(value)) throw new UserError(`expected ${what} in one line; there is a control character in it`)
  if (value.trim() !== value) throw new UserError(`expected ${what} without a space at its beginning or end`)
  return value
}

/** An address or a name of one; a literal IPv6 address may stand in brackets, as it does in a URL. */
export const address: Parse<string> = given => {
  const host = lastOf(given).replace(/^\[(.*)\]$/, '$1')
  if (/^[^\s/[\]]+$/.test(host)) return host
  throw new UserError('expected an address or a host name, such as 127.0.0.1, ::1 or localhost')
}

/** Host names and addresses, as a certificate has them: without scheme, port and path. */
export const hostNames: Parse<readonly string[]> = given => {
  const wrong = given.flatMap(name => wrongHostName(name))
  if (wrong.length === 0) return given
  throw new UserError(`expected host names and addresses, without scheme, port and path: ${wrong.join('; ')}`)
}

const hostName = /^(?:\*\.)?(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)*[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?$/i

const wrongHostName = (name: string): string[] => {
  if (isIP(name) !== 0 || (hostName.test(name) && name.length <= 253)) return []
  const right = hostIn(name)
  return [right === undefined || right === name ? `"${name}" is neither` : `for "${name}" give ${right}`]
}

/** The host of what looks like a URL, or the part of one. */
const hostIn = (text: string): string | undefined => {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text.replace(/^[^:]*/, 'http') : `http://${text}`
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : ''
  return isIP(host) !== 0 || hostName.test(host) ? host : undefined
}

/** Where a store is; what is wrong is said without its password. */
export const storeUrl: Parse<StoreAddress> = given => parseStoreUrl(lastOf(given))

export const keyPrefix: Parse<string> = given => {
  const prefix = lastOf(given)
  if (/^[\w.:-]{1,100}$/.test(prefix)) return prefix
  throw new UserError('expected 1 to 100 letters, digits, ".", ":", "_" or "-"')
}

export const port = wholeNumber(0, 65_535, 'a whole number from 0 to 65535, where 0 picks a free port')

/** A port of one product's own, and the space that it leads to, if it leads to one. */
export interface ProductDoor {
  readonly product: Product
  readonly port: number
  readonly space?: string
}

/** `<product>=<port>`, or `<product>=<port>@<space>`, for each port. */
export const listeners: Parse<readonly ProductDoor[]> = (given, known) =>
  given.map(text => {
    const [, name = '', number, space] = /^([^=]*)(?:=([^@]*)(?:@(.*))?)?$/s.exec(text) ?? []
    if (number === undefined) throw new UserError('expected <product>=<port>, or <product>=<port>@<space>')
    if (space !== undefined && !spaceName.test(space))
      throw new UserError('expected the name of a space after @: 1 to 64 letters, digits, ".", "_" or "-"')
    return { product: productNamed(name, known), port: port([number], known), ...(space !== undefined && { space }) }
  })

/** The named ones, each once, in the order of the server's list. */
export const someProducts: Parse<readonly Product[]> = (given, known) => {
  const named = given.map(name => productNamed(name, known))
  return known.products.filter(product => named.includes(product))
}

/** `observed` for all, `<product>=observed` for one; of several for the same product the last counts. */
export const fidelity: Parse<Readonly<Record<string, Fidelity>>> = (given, known) => {
  const word = oneOf(...fidelities)
  return Object.fromEntries(
    given.flatMap(text => {
      const [name = '', said] = text.split('=', 2)
      if (said === undefined) return known.products.map(product => [product.name, word([text], known)])
      return [[productNamed(name, known).name, word([said], known)]]
    })
  )
}

const lastOf = (given: readonly string[]): string => given.at(-1) ?? ''

const hint = (word: string, choices: readonly string[]): string => {
  const meant = nearest(word, choices)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

const productNamed = (name: string, { products }: ParseContext): Product => {
  const found = products.find(product => product.name === name)
  if (found) return found
  const names = products.map(product => product.name)
  throw new UserError(`expected the name of a product, ${choice(names)}${hint(name, names)}`)
}
