import t from 'tap'
import { clientAddress } from '../../../src/product/fields.js'

const cases: readonly (readonly [ip: string, forwarded: string | undefined, wanted: string])[] = [
  ['203.0.113.7', undefined, '203.0.113.7'],
  ['203.0.113.7', '198.51.100.7', '198.51.100.7'],
  ['203.0.113.7', '10.0.0.9', '203.0.113.7'],
  ['10.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['127.0.0.1', '1.2.3.4, 198.51.100.7, 192.168.1.1', '198.51.100.7'],
  ['::ffff:127.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['::1', '2001:db8::7, fc00::1', '2001:db8::7'],
  ['172.16.0.1', '10.0.0.9, 192.168.0.9', '172.16.0.1'],
  ['10.0.0.1', '127.0.0.2, 127.0.0.1', '127.0.0.2'],
  ['unknown', '10.0.0.9', 'unknown'],
  ['127.0.0.1', 'unknown, <x>', '127.0.0.1'],
  ['::ffff:127.0.0.1', undefined, '127.0.0.1']
]

t.test(
  'the address of a client is the last forwarded one that is no private proxy, or else that of its connection',
  async t => {
    for (const [ip, forwarded, wanted] of cases)
      t.equal(clientAddress({ 'x-forwarded-for': forwarded }, ip), wanted, `${forwarded} by ${ip}`)
  }
)
