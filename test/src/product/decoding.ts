import t from 'tap'
import { isDecodable, readForm, utf8 } from '../../../src/product/body.js'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

t.test('bytes are text if they are UTF-8, and refused otherwise', async t => {
  t.equal(utf8(latin1('n\xc3\xb6rm')), 'nörm')
  t.equal(utf8(latin1('\xef\xbb\xbf{}')), '{}', 'without a byte order mark')
  for (const bytes of ['n\xf6rm', '\xc3', '\xed\xa0\x80', '\xff'])
    t.throws(() => utf8(latin1(bytes)), { name: 'Malformed' })
})

t.test('a text is decodable if its percent-encoding is UTF-8', async t => {
  for (const text of ['', 'login', 'n%C3%B6rm', '/session?x=%25']) t.equal(isDecodable(text), true, text)
  for (const text of ['%', '100%', '%zz', '%C3', '%F6', '%ED%A0%80']) t.equal(isDecodable(text), false, text)
})

t.test('a form is decoded to its fields; the last of a name is used', async t => {
  t.strictSame(readForm(latin1('login=n%C3%B6rm+x&a&b=&login=norm%2B1')), { login: 'norm+1', a: '', b: '' })
  t.strictSame(readForm(latin1('')), {})
  const strange = readForm(latin1('__proto__=1&constructor=2'))
  t.strictSame(Object.keys(strange), ['__proto__', 'constructor'])
  t.equal(Object.getPrototypeOf(strange), Object.prototype)
})

t.test('a form that is not UTF-8 is refused, encoded or not', async t => {
  for (const body of ['login=n\xf6rm', 'login=n%F6rm', 'login=%', 'login=norm&x=%2'])
    t.throws(() => readForm(latin1(body)), { name: 'Malformed' })
})

t.test('only invalid bytes are malformed, not characters of decoded text', async t => {
  const nothing = null as unknown as Buffer
  for (const read of [utf8, readForm]) t.throws(() => read(nothing), TypeError)
})
