import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import t from 'tap'
import { generated } from '../scripts/generated.js'

t.test('generated files are up to date; if not, npm run generate', async t => {
  for (const { file, text } of await generated())
    t.equal(unformatted(await readFile(file, 'utf8')), unformatted(text), basename(file.pathname))
})

/** Without what the formatter makes of it. */
const unformatted = (text: string): string =>
  text
    .replace(/[\s;]+/g, '')
    .replaceAll('"', "'")
    .replace(/([=:(])\|/g, '$1')
