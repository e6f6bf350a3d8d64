import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import pkg from '../../package.json' with { type: 'json' }
import { exitCodes } from '../../src/cli/command-context.js'
import { flagOf, settingNames } from '../../src/config/settings.js'
import { withGenerated } from '../docs/generated.js'
import { magicTable } from '../docs/magic-table.js'
import { settingsTable } from '../docs/settings-table.js'
import { commandBlocks, guides, pagesIn, productPages, read, requestBlocks } from '../support/documents.js'
import { runShipped as run } from '../support/shipped.js'

const root = new URL('../../', import.meta.url)
const readme = read('README.md')
const settings = read('docs/settings.md')
const documents = [
  ...pagesIn('./'),
  ...pagesIn('docs/'),
  ...productPages,
  'routes/control/README.md',
  'scenarios/README.md'
]

t.test('the commands of each product work', async t => {
  const logins = guides.flatMap(requestBlocks).filter(({ commands }) => /^(?:token|key)=/m.test(commands))
  t.equal(logins.length, productPages.length)
  for (const page of productPages) t.ok(readme.includes(`(${page})`), page)
})

/** The scenario of the README. */
const [, thirdUse = ''] = /```yaml\n(.*?)```/s.exec(readme) ?? []

const others: readonly (readonly [command: RegExp, works: (match: readonly string[]) => unknown])[] = [
  [/^npm ci$/, () => existsSync(new URL('package-lock.json', root))],
  [/^npm install --global \.$/, () => existsSync(new URL(pkg.bin['session-mock'], root))],
  [/^npm start$/, () => pkg.scripts.start],
  [
    /^session-mock --scenario third-use\.yaml$/,
    async () => (await run(['--scenario', thirdUse, '--port', '0'])).code === 0
  ],
  [/^npm start -- (.*)$/, async ([, flags = '']) => (await run([...flags.split(' '), '--port', '0'])).code === 0],
  [/^docker build -t session-mock \.$/, () => existsSync(new URL('Dockerfile', root))],
  [/^docker run --rm -p 4100:4100 session-mock$/, () => read('Dockerfile').includes('EXPOSE 4100')]
]

t.test('every other command of the documents works', async t => {
  const commands = guides
    .flatMap(commandBlocks)
    .filter(block => !block.commands.includes('curl '))
    .flatMap(block => block.commands.trim().split(/\n| && /))
  for (const command of commands) {
    const [known, works] = others.find(([pattern]) => pattern.test(command)) ?? []
    t.ok(known && (await works?.(known.exec(command) ?? [])), command)
  }
})

t.test('every flag and command in the documents exists', async t => {
  const helps = await Promise.all(
    [['--help'], ['healthcheck', '--help'], ['products', '--help'], ['exec', '--help'], ['grill', '--help']].map(
      words => run(words)
    )
  )
  const out = helps.map(help => help.out).join('')
  for (const [flag] of guides.join('').matchAll(/(?<=[`\s])--[a-z][a-z-]+/g))
    t.ok(['--rm', '--global'].includes(flag) || out.includes(`  ${flag} `), flag)
  for (const [, command] of guides.join('').matchAll(/`session-mock ([a-z-]+)/g))
    t.ok(out.includes(`\n  ${command} `), `session-mock ${command}`)
})

t.test('the table of settings is up to date', async t => {
  t.equal(withGenerated(settings, 'settings', settingsTable()), settings)
  for (const name of settingNames) t.ok(settings.includes(`| \`${flagOf(name)}`), name)
})

t.test('the table of magic accounts is up to date; if not, npm run docs', async t => {
  const page = read('docs/fault-injection.md')
  t.equal(withGenerated(page, 'magic accounts', magicTable()), page)
})

t.test('every exit code is explained', async t => {
  for (const code of Object.values(exitCodes)) t.ok(settings.includes(`\n| ${code} | `), String(code))
})

t.test('the README shows what a start prints', async t => {
  const { out } = await run(['--products', 'cbrain', '--port', '0'])
  const [, shown = ''] = /```console\n\$ [^\n]*\n(.*?\nReady\.)/s.exec(readme) ?? []
  t.equal(shown, (out.split(/(?<=\nReady\.)/)[0] ?? '').replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:4100'))
})

t.test('the README has the Node.js versions of the package', async t => {
  t.equal(pkg.engines.node, '^20.19.0 || ^22.12.0 || >=24.0.0')
  for (const page of ['README.md', 'CONTRIBUTING.md'])
    t.match(read(page), 'Node.js 20.19, 22.12, or 24 and later', page)
})

t.test('the ready line of the README is up to date', async t => {
  t.match(readme, `\nReady. session-mock ${pkg.version} listening on http://127.0.0.1:4100\n`)
})

t.test('the README has at most 200 lines, and its tests are those of the examples', async t => {
  t.ok(readme.trimEnd().split('\n').length <= 200)
  const examples = { python: 'examples/python/test_sessions.py', js: 'examples/node-test.test.js' }
  for (const [language, file] of Object.entries(examples)) {
    const [, text = '-'] = new RegExp(`\`\`\`${language}\n([^\`]*)\`\`\``).exec(readme) ?? []
    t.ok(read(file).includes(text), file)
  }
})

/** The anchors of a page: its headings as GitHub writes them in a URL. */
const anchors = (document: string): string[] =>
  [...document.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')
  )

t.test('every link of the documents has a target', async t => {
  for (const name of documents)
    for (const [link, path = '', anchor] of read(name).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const target = new URL(path || name.replace(/.*\//, ''), new URL(name, root))
      t.ok(existsSync(target), `${name}: ${link}`)
      if (anchor !== undefined) t.ok(anchors(readFileSync(target, 'utf8')).includes(anchor), `${name}: ${link}`)
    }
})
