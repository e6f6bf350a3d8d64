import t from 'tap'
import { shapeOf, tokenMaker } from '../../../src/overlay/overlay.js'
import { compareBodies, describeDifference } from '../../../src/verify/compare.js'
import { commonPatterns, parseBody, parseExpectedBody } from '../../../src/verify/response-body.js'

const scope = { values: { login: 'norm' }, patterns: { ...commonPatterns, token: '[0-9a-f]{8}' } }

const differences = (expected: string, found: string): string[] =>
  compareBodies(parseExpectedBody(expected), parseBody(found), scope).map(describeDifference)

for (const [what, expected, found, said] of [
  ['the same', '{"a":1,"b":[true,null]}', '{"b":[true,null],"a":1}', []],
  ['another text', '{"error":"No."}', '{"error":"No"}', ['text, body error: "No" instead of "No."']],
  ['a missing key', '{"a":1,"b":{"c":2}}', '{"a":1}', ['key, body b: {"c":2} is missing']],
  ['another key', '{"a":{}}', '{"a":{"b":"x"}}', ['key, body a.b: "x" in addition']],
  ['another type', '{"a":2}', '{"a":"2"}', ['type, body a: string "2" instead of number 2']],
  ['a type of null', '{"a":null}', '{"a":[]}', ['type, body a: list [] instead of null null']],
  ['a shorter list', '[1,2]', '[1]', ['key, body 1: 2 is missing']],
  ['numbers that are marked', '{"a":{number}}', '{"a":17}', []],
  [
    'a text in the place of a number',
    '{"a":{number}}',
    '{"a":"17"}',
    ['type, body a: string "17" instead of number {number}']
  ],
  ['a text that is marked', '{"a":"{text}"}', '{"a":"anything"}', []],
  ['a known value', '{"a":"{login}"}', '{"a":"norm"}', []],
  ['another known value', '{"a":"{login}"}', '{"a":"eve"}', ['text, body a: "eve" instead of {login}']],
  [
    'a token of another form',
    '{"a":"{token}"}',
    '{"a":"ABCDEF01"}',
    ['token shape, body a: "ABCDEF01" instead of {token}']
  ],
  ['more elements that are marked', '["{text}"]', '["a","b","c"]', []],
  ['no element that is marked', '[{"id":"{text}"}]', '[]', []],
  [
    'ids on both sides',
    '{"a":"6f1c2f0a-0b6e-4b0e-9d5b-1f2e3d4c5b6a"}',
    '{"a":"0b6e2f0a-6f1c-4b0e-9d5b-1f2e3d4c5b6a"}',
    []
  ],
  ['an empty body', '{"a":1}', '', ['empty body, body: an empty body instead of {"a":1}']],
  ['a body in the place of none', '', '{"a":1}', ['empty body, body: {"a":1} instead of an empty body']],
  ['a page', '{"a":1}', '<!DOCTYPE html><p>', ['format, body: HTML: "<!DOCTYPE html><p>" instead of JSON: {"a":1}']],
  ['XML of another layout', '<a><b>1</b></a>', '<?xml version="1.0"?>\n<a>\n <b>1</b>\n</a>', []],
  [
    'XML in another order',
    '<a><b>1</b><c>2</c></a>',
    '<a><c>2</c><b>1</b></a>',
    ['order, body a: c, b instead of b, c']
  ],
  ['another attribute', '<a b="1">x</a>', '<a b="2">x</a>', ['text, body a.@b: "2" instead of "1"']],
  ['another element', '<a><b>{number}</b></a>', '<a><b>x</b></a>', ['text, body a.b: "x" instead of {number}']]
] as const)
  t.test(`a body with ${what} is compared by its structure`, async t => {
    t.strictSame(differences(expected, found), said)
  })

t.test('the format of tokens contains no part of them', async t => {
  t.equal(shapeOf(['00112233445566778899aabbccddeeff']), '[0-9a-f]{32}')
  t.equal(shapeOf(['12-AB', '34-CD']), '[0-9A-F]{2}-[0-9A-F]{2}')
  t.equal(shapeOf(['zz.99']), '[0-9a-z]{2}\\.[0-9a-z]{2}')
  t.equal(shapeOf(['abc', 'abcd']), '[a-f]{3,4}')
  t.equal(shapeOf([]), undefined)
})

t.test('one format covers all tokens, of any alphabet and length, and makes such tokens', async t => {
  for (const [tokens, shape] of [
    [['aZ0_b-Z9', 'zA-1_q9Q'], '[0-9a-zA-Z_-]{8}'],
    [['a+Z0zzzzzz==', 'zA/1qqqqqqq='], '[0-9a-zA-Z=+/]{12}'],
    [['eyJh.aZ-1_b.x9', 'eyJh.zZ1_-b22.y8'], '[0-9a-zA-Z_-]{4}\\.[0-9a-zA-Z_-]{6,8}\\.[0-9a-zA-Z_-]{2}']
  ] as const) {
    t.equal(shapeOf(tokens), shape)
    const make = tokenMaker(shape)
    for (let byte = 0; byte < 256; byte += 1) t.match(make?.(Buffer.alloc(40, byte)), new RegExp(`^(?:${shape})$`))
    for (const token of tokens) t.match(token, new RegExp(`^(?:${shape})$`))
  }
})
