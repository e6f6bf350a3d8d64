import t from 'tap'
import { products } from '../routes/index.js'
import { factSources } from '../src/verify/case.js'
import { caseTable, verifyTables } from './docs/case-tables.js'
import { withAllGenerated } from './docs/generated.js'
import { run } from './support/command.js'
import { read } from './support/documents.js'

const page = read('docs/verify-real.md')

t.test('the table of choices is made of the cases; if not, npm run docs', async t => {
  t.equal(withAllGenerated(page, await verifyTables()), page)
})

for (const product of products)
  t.test(`the page of ${product.title} lists its cases; if not, npm run docs`, async t => {
    const text = read(`routes/${product.name}.md`)
    t.equal(withAllGenerated(text, { cases: await caseTable(product) }), text)
  })

t.test('the page names every option and every source, and none that is not there', async t => {
  const { out } = await run(['verify-real', '--help'])
  const named = new Set([...page.matchAll(/`(--[a-z-]+)/g)].map(([, flag]) => flag))
  const known = new Set([...out.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag))
  known.delete('--help')
  t.strictSame([...named].sort(), [...known].sort())
  for (const source of factSources) t.ok(page.includes(`\`${source}\``), source)
})
