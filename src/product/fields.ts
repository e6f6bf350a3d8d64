import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { URLSearchParams } from '../base/node-globals.js'
import type { AccountDocument } from '../session/accounts.js'

/** A field of a parsed JSON object as text: a string, number or boolean. Undefined for other values and inherited fields. */
export const text = (source: unknown, name: string): string | undefined => {
  if (!isRecord(source) || !Object.hasOwn(source, name)) return undefined
  const value = source[name]
  return typeof value === 'string' ? value : scalar(value)
}

/** A field of a parsed form or query as text: the last value of a repeated one. */
export const lastText = (source: unknown, name: string): string | undefined => {
  if (!isRecord(source) || !Object.hasOwn(source, name)) return undefined
  const value = source[name]
  return typeof value === 'string' ? value : scalar(Array.isArray(value) ? value.at(-1) : value)
}

/** The fields with lower-case names, for products with case-insensitive names. */
export const lowerCaseKeys = (source: unknown): Readonly<Record<string, unknown>> =>
  isRecord(source) ? Object.fromEntries(Object.entries(source).map(([name, value]) => [name.toLowerCase(), value])) : {}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const scalar = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The `-d` argument of a curl command: a form, quoted for a shell. */
export const formArgument = (fields: Readonly<Record<string, string>>): string =>
  `-d ${quoted(String(new URLSearchParams(fields)))}`

/** The arguments of a curl command that sends JSON, quoted for a shell. */
export const jsonArguments = ({ login, password }: AccountDocument): string =>
  `-H 'Content-Type: application/json' -d ${quoted(JSON.stringify({ username: login, password }))}`

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/**
 * The client address by the rules of Rails 5.0 (`ActionDispatch::RemoteIp`): the last public address of X-Forwarded-For; without
 * one, that of the connection.
 */
export const clientAddress = (headers: IncomingHttpHeaders, connected: string): string => {
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(/[,\s]/).map(unmapped)
  return forwarded.findLast(address => isIP(address) !== 0 && !isPrivate(address)) ?? unmapped(connected)
}

/** The IPv4 address of an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2). */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, '')

const isPrivate = (address: string): boolean => proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

const proxies = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16]
] as const)
  proxies.addSubnet(network, bits, 'ipv4')
proxies.addAddress('127.0.0.1', 'ipv4')
proxies.addAddress('::1', 'ipv6')
proxies.addSubnet('fc00::', 7, 'ipv6')
