import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'

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
