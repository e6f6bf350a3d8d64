// Writes what documents say of the program: the README's table of settings, and the help that a test holds it to.
import { readFile, writeFile } from 'node:fs/promises'
import { run } from '../support/command.js'
import { withGenerated } from './generated.js'
import { settingsTable } from './settings-table.js'

const readme = new URL('../../README.md', import.meta.url)
await writeFile(readme, withGenerated(await readFile(readme, 'utf8'), 'settings', settingsTable()))
await writeFile(new URL('../src/cli/help.txt', import.meta.url), (await run(['--help'])).out)
