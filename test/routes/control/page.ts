import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { endpoints } from '../../../routes/control/index.js'
import { filterKeys } from '../../../src/journal/search.js'
import { verdictNames } from '../../../src/journal/verdicts.js'
import { serving } from '../../support/command.js'

const page = readFileSync(new URL('../../../routes/control/README.md', import.meta.url), 'utf8')

const shell = promisify(execFile)
const hasCurl = await shell('curl', ['--version']).then(
  () => true,
  () => false
)

/** Every block of commands, and what is said to come back. */
const blocks = [...page.matchAll(/^```sh\n([^`]*)^```\n(?:\n```(?:json|text)\n([^`]*)^```\n)?/gm)].map(
  ([, commands = '', answer]) => ({ commands, answer })
)

t.test(
  'the commands of the page print what stands below them',
  { skip: hasCurl ? false : 'curl is not here' },
  async t => {
    const { url } = await serving(t, '--log-level', 'silent')
    const CURL_HOME = t.testdir({ '.curlrc': 'silent\nshow-error\n' })
    t.ok(blocks.length >= 9)
    for (const { commands, answer } of blocks) {
      const script = `set -e -o pipefail\n${commands.replaceAll('http://127.0.0.1:4100', url)}`
      const { stdout } = await shell('bash', ['-c', script], { env: { ...process.env, CURL_HOME } })
      const pattern = (answer ?? '…')
        .trimEnd()
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll('…', '[\\s\\S]+')
      t.match(stdout.trimEnd(), new RegExp(`^${pattern}$`), commands.split('\n', 1).join(''))
    }
  }
)

/** The table below this mark. */
const tableBelow = (mark: string): string[] => {
  const [, below = ''] = page.split(`<!-- ${mark} -->\n\n`)
  return (below.split('\n\n', 1)[0] ?? '').split('\n').slice(2)
}

t.test('the page tells every path, every key of a search and every verdict, in the words of this version', async t => {
  t.strictSame(
    tableBelow('paths'),
    endpoints.map(({ method, path, summary }) => `| \`${method} ${path.slice(1)}\` | ${summary} |`)
  )
  t.strictSame(
    tableBelow('searches'),
    Object.entries(filterKeys).map(
      ([key, schema]) => `| \`${key}\` | ${'description' in schema ? schema.description : ''} |`
    )
  )
  t.strictSame(
    tableBelow('verdicts'),
    Object.entries(verdictNames).map(([name, description]) => `| \`${name}\` | ${description} |`)
  )
})
