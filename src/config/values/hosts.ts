import { isIP } from 'node:net'
import { URL } from '../../base/node-globals.js'
import { UserError } from '../../base/user-error.js'
import { lastOf, type Parse } from './parse.js'

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
