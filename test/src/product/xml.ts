import fc from 'fast-check'
import t from 'tap'
import { create } from 'xmlbuilder2'
import { xml } from '../../../src/product/xml.js'

const style = { encoding: 'UTF-8', indent: '  ' }
const head = '<?xml version="1.0" encoding="UTF-8"?>\n'

t.test('children are indented in order, attributes are in the tag of their parent', async t => {
  const tree = { order: { '@id': '7', last: 'z', first: { '@type': 'integer', '#': '2' }, inner: { deep: 'x' } } }
  t.equal(
    await xml(tree, style),
    `${head}<order id="7">\n  <last>z</last>\n  <first type="integer">2</first>\n  <inner>\n    <deep>x</deep>\n  </inner>\n</order>`
  )
})

t.test('a list has an element for each item', async t => {
  for (const text of ['1', '&'])
    t.equal(
      await xml({ a: { b: ['x', { c: [text, '2'] }], d: [], e: 'y' } }, style),
      `${head}<a>\n  <b>x</b>\n  <b>\n    <c>${text.replace('&', '&amp;')}</c>\n    <c>2</c>\n  </b>\n  <e>y</e>\n</a>`
    )
})

t.test('encoding and indent are configurable', async t => {
  t.equal(
    await xml({ a: { b: 'x' } }, { encoding: 'utf-8', indent: '    ' }),
    '<?xml version="1.0" encoding="utf-8"?>\n<a>\n    <b>x</b>\n</a>'
  )
})

t.test('text is escaped in elements', async t => {
  t.equal(await xml({ a: '</a><b>&amp;]]>"\'' }, style), `${head}<a>&lt;/a&gt;&lt;b&gt;&amp;amp;]]&gt;"'</a>`)
})

t.test('text is escaped in attributes', async t => {
  t.equal(await xml({ a: { '@x': '"><b y="&lt;' } }, style), `${head}<a x="&quot;&gt;&lt;b y=&quot;&amp;lt;"/>`)
})

t.test('entities in a text are escaped', async t => {
  for (const text of ['&amp;', '&lt;', '&#65;', '&#x41;', '&#x99999999;', '&other;', '&', '&amp;amp;']) {
    const escaped = text.replaceAll('&', '&amp;')
    t.equal(await xml({ a: text }, style), `${head}<a>${escaped}</a>`)
    t.equal(await xml({ a: { '@x': text } }, style), `${head}<a x="${escaped}"/>`)
  }
})

t.test('characters invalid in XML are replaced', async t => {
  t.equal(await xml({ a: 'x\u0000\u0008\uFFFFy' }, style), `${head}<a>x\uFFFD\uFFFD\uFFFDy</a>`)
  t.equal(await xml({ a: { '@x': '\u0001' } }, style), `${head}<a x="\uFFFD"/>`)
  t.equal(await xml({ a: '\uD800' }, style), `${head}<a>\uFFFD</a>`)
})

t.test('an empty text is an empty element', async t => {
  t.equal(await xml({ a: { b: '' } }, style), `${head}<a>\n  <b/>\n</a>`)
})

t.test('a cached document has the same bytes as one of the library', async t => {
  const written = (a: string, b: string) => {
    const escaped = (text: string) => text.replaceAll('&', '&amp;amp;')
    const tree = { r: { '@a': escaped(a), b: escaped(b), c: { '@d': 'x', '#': escaped(a) } } }
    return create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' }, tree).end({
      prettyPrint: true
    })
  }
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', ' ', '\uE0000\uE001', '$&', '&')
  )
  await fc.assert(
    fc.asyncProperty(texts, texts, async (a, b) => {
      t.equal(await xml({ r: { '@a': a, b, c: { '@d': 'x', '#': a } } }, style), written(a, b))
    })
  )
})

t.test('documents of one shape do not share their texts', async t => {
  for (const text of ['one', 'two', 'one'])
    t.equal(await xml({ a: { b: text } }, style), `${head}<a>\n  <b>${text}</b>\n</a>`)
  t.equal(await xml({ a: { c: 'one' } }, style), `${head}<a>\n  <c>one</c>\n</a>`)
})
