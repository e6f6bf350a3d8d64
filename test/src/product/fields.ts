import t from 'tap'
import { isRecord, lastText, lowerCaseKeys, text } from '../../../src/product/fields.js'

t.test('a field of a JSON object is a text, number or boolean as text', async t => {
  const body = { name: 'norm', empty: '', number: 7, yes: true, none: null, list: ['a'], object: {} }
  t.strictSame(
    ['name', 'empty', 'number', 'yes', 'none', 'list', 'object', 'missing'].map(name => text(body, name)),
    ['norm', '', '7', 'true', undefined, undefined, undefined, undefined]
  )
})

t.test('inherited properties are not fields', async t => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    t.equal(text({}, name), undefined)
    t.equal(lastText({}, name), undefined)
  }
  t.equal(text(JSON.parse('{"constructor":"x","__proto__":"y"}'), '__proto__'), 'y')
})

t.test('only objects have fields', async t => {
  for (const body of [undefined, null, 'name', 7, [], ['name'], Symbol('x')]) {
    t.equal(text(body, 'length'), undefined)
    t.equal(lastText(body, 'length'), undefined)
    t.strictSame(lowerCaseKeys(body), {})
    t.notOk(isRecord(body))
  }
})

t.test('the last of a repeated field in a form is used', async t => {
  t.equal(lastText({ name: ['a', 'b'] }, 'name'), 'b')
  t.equal(lastText({ name: 'a' }, 'name'), 'a')
  t.equal(lastText({ name: [] }, 'name'), undefined)
})

t.test('caseInsensitive fields are found in any letter case, and the last duplicate is used', async t => {
  t.equal(text(lowerCaseKeys({ UserName: 'norm' }), 'username'), 'norm')
  t.equal(text(lowerCaseKeys({ Name: 'a', name: 'b', NAME: 'c' }), 'name'), 'c')
})

t.test('caseInsensitive fields do not change the prototype', async t => {
  const fields = lowerCaseKeys(JSON.parse('{"__PROTO__":{"admin":true},"__proto__":{"admin":true}}'))
  t.equal(text(fields, 'admin'), undefined)
  t.equal(Object.getPrototypeOf(fields), Object.prototype)
})
