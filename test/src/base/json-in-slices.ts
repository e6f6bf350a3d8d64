import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { parseJsonInSlices } from '../../../src/base/json.js'
import { Slices } from '../../../src/base/slices.js'

/** Nothing takes time. */
const slices = new Slices(() => 0)

const parse = (text: string, most: number) => parseJsonInSlices(Buffer.from(text), slices, most)

t.test('JSON read in slices has the value of JSON.parse', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue({ maxDepth: 4 }),
      fc.nat({ max: 20 }),
      fc.nat({ max: 3 }),
      async (value, most, space) => {
        const text = JSON.stringify(value, undefined, space)
        assert.deepEqual(await parse(text, most + 1), JSON.parse(text))
      }
    ),
    { numRuns: 300 }
  )
  t.pass()
})

t.test('the parser accepts and refuses exactly the texts that JSON.parse does', async t => {
  const texts = [
    '[]',
    '{}',
    '[1,2]',
    '{"a":1,"b":[{"c":"]},"}]}',
    '"a\\"b"',
    ' [ 1 , [ ] , { } ] ',
    '{"a":{"a":[1,2,3]}}'
  ]
  const marks = fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', ' ', '1', 'x', '')
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      fc.nat({ max: 30 }),
      fc.nat({ max: 1 }),
      marks,
      fc.nat({ max: 8 }),
      async (...made) => {
        const [text, at, removed, mark, most] = made
        const broken = text.slice(0, at) + mark + text.slice(at + removed)
        const expected = parsed(broken)
        const found = await parse(broken, most + 1).catch(error => error)
        if (expected instanceof SyntaxError) assert.ok(found instanceof SyntaxError, broken)
        else assert.deepEqual(found, expected, broken)
      }
    ),
    { numRuns: 3000 }
  )
  t.pass()
})

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error
  }
}

t.test('an error has its position in the whole text', async t => {
  await t.rejects(parse('{"a":[1,2,3,4,5,x],"b":1}', 4), {
    message: /^Unexpected token .* \(in the value at byte 14\)$/
  })
  await t.rejects(parse('[1,2,3,4,5', 4), { message: 'Unexpected end of JSON input' })
  await t.rejects(parse('[1,2] [3]', 4), { message: 'Unexpected JSON near "[3]" at byte 6' })
})

t.test('a member named __proto__ is an ordinary member', async t => {
  const found = (await parse('{"__proto__":{"a":[1,2,3,4,5,6]},"b":1}', 4)) as object
  t.same(Object.keys(found), ['__proto__', 'b'])
  t.equal(Object.getPrototypeOf(found), Object.prototype)
})

t.test('deeply nested lists are accepted', async t => {
  const depth = 1000
  const found = await parse(`${'['.repeat(depth)}${']'.repeat(depth)}`, 10)
  t.equal(JSON.stringify(found).length, 2 * depth)
})
