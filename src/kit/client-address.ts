import { BlockList, isIP } from 'node:net'
import type { ProductRequest } from '../product/request.js'

/**
 * The client address by the rules of Rails (`ActionDispatch::RemoteIp`): the last public address of X-Forwarded-For and the
 * connection; if all are private, the first.
 */
export const clientAddress = ({ headers, ip }: Pick<ProductRequest, 'headers' | 'ip'>): string => {
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',')
  const chain = [...forwarded.split(/[,\s]+/), ip].map(unmapped).filter(address => isIP(address) !== 0)
  return chain.findLast(address => !isPrivate(address)) ?? chain[0] ?? ip
}

/** The IPv4 address of an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2). */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, '')

const isPrivate = (address: string): boolean => proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

const proxies = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16]
] as const)
  proxies.addSubnet(network, bits, 'ipv4')
proxies.addAddress('::1', 'ipv6')
proxies.addSubnet('fc00::', 7, 'ipv6')
