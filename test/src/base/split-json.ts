import t from 'tap'
import { JsonSplitter } from '../../../src/base/split-json.js'

/** What the splitter finds in a text that comes in pieces of so many bytes. */
const split = (text: string, size = 7) => {
  const found: unknown[] = []
  const bytes = Buffer.from(text)
  const splitter = new JsonSplitter(({ name, value, isItem, start, end }) =>
    found.push([isItem ? `${name}[]` : name, value, JSON.parse(isItem ? bytes.toString('utf8', start, end) : 'null')])
  )
  for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size))
  splitter.end()
  return found
}

const run = { version: 'ä"\\"{[,', rows: [{ a: [1, { b: ']' }] }, '€,', 7], none: [], nothing: {}, deep: { list: [1] } }

t.test('an object is split by members and list items, with any chunks of bytes', async t => {
  const expected = [
    ['version', 'ä"\\"{[,', null],
    ['rows[]', { a: [1, { b: ']' }] }, { a: [1, { b: ']' }] }],
    ['rows[]', '€,', '€,'],
    ['rows[]', 7, 7],
    ['nothing', {}, null],
    ['deep', { list: [1] }, null]
  ]
  for (const size of [1, 2, 3, 7, 1000])
    for (const indent of [undefined, 2])
      t.strictSame(split(`\ufeff${JSON.stringify(run, undefined, indent)}\n`, size), expected)
  t.strictSame(split('{}'), [])
})

const wrong: readonly (readonly [what: string, text: string, said: RegExp])[] = [
  ['nothing', '', /^line 1: expected one object$/],
  ['a word', 'hello', /^line 1: expected one object$/],
  ['a list', '[{}]', /^line 1: expected one object$/],
  ['two objects', '{} {}', /^line 1: expected one object$/],
  ['something behind it', '{"a":1}\nx', /^line 1: expected one object$/],
  ['a file that is cut', '{\n"rows": [\n{"a":1},\n{"a":', /^line 3: unexpected end of the document$/],
  ['a text that is cut', '{\n"a": "b', /^line 1: unexpected end of the document$/],
  ['a mistake in an item', '{\n"rows": [\n1,\n{"a":nul}]}', /^line 3: (?!.*position)/],
  ['a mistake in a member', '{"a":1, b:2}', /^line 1: (?!.*position)/],
  ['two commas', '{"a":[1,,2]}', /^line 1: /],
  ['a comma before an item', '{"a":[,1]}', /^line 1: /],
  ['a comma behind an item', '{"a":[1,]}', /^line 1: /],
  ['a comma behind a member', '{"a":1,}', /^line 1: /],
  ['a bracket of another kind', '{"a":[1}]', /^line 1: mismatched brackets$/],
  ['a list without a name', '{[1]}', /^line 1: /]
]

for (const [what, text, said] of wrong)
  t.test(`${what} is refused, with its line`, async t => {
    for (const size of [1, 1000]) t.throws(() => split(text, size), { message: said })
  })
