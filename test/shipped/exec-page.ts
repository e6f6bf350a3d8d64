import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { blocksOf, patternOf, printedIn } from '../support/page.js'

const blocks = blocksOf('docs/exec.md')
const works = (...words: [string, ...string[]]) =>
  promisify(execFile)(words[0], words.slice(1)).then(
    () => true,
    () => false
  )
const hasCurl = await works('curl', '--version')
const hasPytest = await works('pytest', '--version')

t.test(
  'the commands of the page print the output below them',
  { skip: hasCurl ? false : 'curl is not here' },
  async t => {
    const shown = blocks.filter(({ answer }) => answer !== undefined)
    t.equal(shown.length, 3)
    for (const [index, { commands, answer = '' }] of shown.entries())
      t.match(await printedIn(t, t.testdir({ [`${index}`]: {} }), commands), patternOf(answer), commands)
  }
)

const [tests = ''] = blocks.map(({ commands }) => commands)
for (const line of tests.trim().split('\n'))
  t.test(
    `${line} tests the example`,
    { skip: !hasPytest && /pytest/.test(line) ? 'pytest is not here' : false },
    async t => {
      const folder = t.testdir({ example: {} })
      cpSync(new URL('../../examples/exec/', import.meta.url), `${folder}/example`, { recursive: true })
      t.match(await printedIn(t, `${folder}/example`, line), /2 passed|pass 1/)
    }
  )
