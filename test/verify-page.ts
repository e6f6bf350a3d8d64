import t from 'tap'
import { products } from '../routes/index.js'
import { parseOverlay } from '../src/overlay/read-overlay.js'
import { factSources } from '../src/verify/cases.js'
import { caseTable, verifyTables } from './docs/case-tables.js'
import { withAllGenerated } from './docs/generated.js'
import { casesOf } from './support/cases.js'
import { run } from './support/command.js'
import { read } from './support/documents.js'
import { realServer, verifyReal } from './support/verify.js'

const page = read('docs/verify-real.md')

t.test('the table of unverified cases is up to date; if not, npm run docs', async t => {
  t.equal(withAllGenerated(page, await verifyTables()), page)
})

for (const product of products)
  t.test(`the page of ${product.title} lists its cases; if not, npm run docs`, async t => {
    const text = read(`routes/${product.name}.md`)
    t.equal(withAllGenerated(text, { cases: await caseTable(product) }), text)
  })

t.test('the page has every option and source, and no others', async t => {
  const { out } = await run(['verify-real', '--help'])
  const named = new Set([...page.matchAll(/`(--[a-z-]+)/g)].map(([, flag]) => flag))
  const known = new Set([...out.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag))
  known.delete('--help')
  t.strictSame([...named].sort(), [...known].sort())
  for (const source of factSources) t.ok(page.includes(`\`${source}\``), source)
})

/** Rows whose refusal takes an account, a tenant or a state that no case has: story tests show them. */
const byStory =
  /on purpose|over the limit|breaks off|locked|blocked|no format that there is|privileges|no access permissions|Error during logout/

for (const product of products)
  t.test(`each refusal in the page of ${product.title} is the response of a case, or needs a scenario`, async t => {
    const { cases } = await casesOf(product)
    const rows = refusalRows(read(`routes/${product.name}.md`))
    t.ok(rows.length > 5)
    const answers = cases.flatMap(({ expect }) => Object.values(expect))
    for (const row of rows) {
      const [status] = /(?<=\| )[2-5]\d\d(?= \|)/.exec(row) ?? []
      const words = row
        .split(' | ')
        .slice(0, -2)
        .join(' ')
        .replace(/\(or .*?\)/g, '')
      const texts = [...words.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text.replace(/<[^>]*>.*$/, ''))
      const isShown = answers.some(
        answer => String(answer.status) === status && texts.every(text => unescaped(answer.body).includes(text))
      )
      t.ok(isShown || byStory.test(row), row)
    }
  })

const unescaped = (body: string): string => body.replaceAll('&gt;', '>')

/** The rows with an HTTP status of the tables below the heading Refusals. */
const refusalRows = (page: string): string[] => {
  const [, section = ''] = /\n## Refusals\n([\s\S]*?)\n## /.exec(page) ?? []
  return section.split('\n').filter(line => /^\|.*\| [2-5]\d\d \||^\| [2-5]\d\d \|/.test(line))
}

t.test('the commands of the page work, with a second session-mock as the server', async t => {
  const { url } = await realServer(t, 'cbrain')
  const folder = t.testdir({})
  const commands = [...page.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, block = '']) =>
    block
      .trim()
      .split('\n')
      .filter(line => line.startsWith('session-mock '))
  )
  t.ok(commands.length >= 5)
  const env = { REAL_PASSWORD: 'demo' }
  const here = (word: string) => (/^(?:report|[a-z]+\.(?:yaml|json|har))$/.test(word) ? `${folder}/${word}` : word)
  const files = ['--record', here('answers.json'), '--save', here('observed.yaml')]
  t.equal((await verifyReal('cbrain', url, files)).code, 0)
  for (const command of commands) {
    const words = command.split(' ').slice(1).map(here)
    const argv = words.map(word => (word === 'https://portal.example.org' ? url : word === 'norm' ? 'demo' : word))
    const quick = argv[0] === 'verify-real' && argv.includes('--url') ? ['--pause', '0'] : []
    const { code, err } = await run([...argv, ...quick, ...(argv[0] === 'verify-real' ? [] : ['--port', '0'])], { env })
    t.equal(code, 0, `${command}: ${err}`)
  }
})

t.test('the overlay of the page is valid', async t => {
  const [, text = ''] = /```yaml\n([^`]*)```/.exec(page) ?? []
  t.equal(parseOverlay({ name: 'page', text }, products).products.cbrain?.answers?.length, 3)
})
