import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import t from 'tap'
import { generated } from '../scripts/generated.js'

t.test('what is generated is up to date; if not, npm run generate', async t => {
  for (const { file, value } of await generated())
    t.strictSame(JSON.parse(await readFile(file, 'utf8')), JSON.parse(JSON.stringify(value)), basename(file.pathname))
})
