import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { controlTables } from '../../docs/control-tables.js'
import { withAllGenerated } from '../../docs/generated.js'
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
  'the commands of the page print the output below them',
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

t.test('the tables of paths, search keys and verdicts are those of this version; if not, npm run docs', async t => {
  t.equal(withAllGenerated(page, controlTables()), page)
})
