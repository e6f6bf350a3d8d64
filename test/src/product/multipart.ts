import assert from 'node:assert/strict'
import t from 'tap'
import { readMultipart } from '../../../src/product/body.js'

const field = (name: string, value: string) =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const file =
  '--x\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\xff\xfe\r\n'
const end = '--x--\r\n'

const read = (body: string, contentType = 'multipart/form-data; boundary=x') =>
  readMultipart(contentType, Buffer.from(body, 'latin1'))

t.test('fields are read as text, the last of a name is used, files and nameless parts are ignored', async t => {
  const nameless = '--x\r\nContent-Disposition: form-data\r\n\r\nnobody\r\n--x\r\nOther: header\r\n\r\nnothing\r\n'
  const body = `${field('login', 'first')}${file}${nameless}${field('login', 'n\xc3\xb6rm')}${field('password', '')}${end}`
  t.strictSame(await read(body), { login: 'nörm', password: '' })
})

t.test('a field can have the name of an inherited property', async t => {
  const fields = await read(`${field('__proto__', 'a')}${field('constructor', 'b')}${end}`)
  t.strictSame(Object.entries(fields), [
    ['__proto__', 'a'],
    ['constructor', 'b']
  ])
  t.equal(Object.getPrototypeOf(fields), Object.prototype)
})

t.test('bytes before the first and after the last part are ignored', async t => {
  t.strictSame(await read(`hello\r\n${field('login', 'norm')}--x--\r\ngood bye`), { login: 'norm' })
  t.strictSame(await read(`${field('login', 'norm')}--x--`), { login: 'norm' })
})

t.test('a body without parts has no fields', async t => {
  t.strictSame(await read(''), {})
  t.strictSame(await read(end), {})
})

t.test('a truncated body is refused, at every position', async t => {
  const whole = `${field('login', 'norm')}${file}${field('password', 'x')}--x--`
  for (let length = 1; length < whole.length; length++)
    await assert.rejects(read(whole.slice(0, length)), { name: 'Malformed' }, `${length} bytes`)
  t.pass()
})

t.test('a truncated long file is refused, too', async t => {
  await t.rejects(read(`${file.slice(0, -2)}${'y'.repeat(300_000)}`), { name: 'Malformed' })
})

t.test('a body of another format than its type is refused', async t => {
  const body = `${field('login', 'norm')}${end}`
  for (const contentType of [
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=y',
    `multipart/form-data; boundary=${'y'.repeat(1000)}`,
    'text/plain',
    ''
  ])
    await t.rejects(read(body, contentType), { name: 'Malformed' }, contentType)
  await t.rejects(read('login=norm&password=norm_123'), { name: 'Malformed' })
})

t.test('a value that is not UTF-8 is refused', async t => {
  await t.rejects(read(`${field('login', 'n\xf6rm')}${end}`), /the field login is not UTF-8/)
})

t.test('an unexpected error of the parser is a bug, not a malformed body', async t => {
  const nothing = undefined as unknown as string
  await t.rejects(readMultipart(nothing, Buffer.from(end)), TypeError)
})
