// Fails if no test of the last run has loaded a lazily loaded file of dist/.
import { readdirSync, readFileSync } from 'node:fs'

const { 'src/index.ts': _library, ...lazy } = JSON.parse(readFileSync('dist/modules.json', 'utf8'))
const loaded = new Set(
  readdirSync('.tap/loaded').flatMap(file => readFileSync(`.tap/loaded/${file}`, 'utf8').split('\n'))
)
const missed = Object.entries(lazy).filter(([, { chunk }]) => !loaded.has(chunk))
for (const [file, { chunk }] of missed) process.stderr.write(`no test loads ${chunk}, the lazily loaded ${file}\n`)
process.exitCode = missed.length === 0 ? 0 : 1
