// Writes the generated parts of the documents, and the help text of the command line tests.
import { readFile, writeFile } from 'node:fs/promises'
import { products } from '../../routes/index.js'
import { run } from '../support/command.js'
import { caseTable, verifyTables } from './case-tables.js'
import { controlTables } from './control-tables.js'
import { withAllGenerated } from './generated.js'
import { magicTable } from './magic-table.js'
import { settingsTable } from './settings-table.js'

const write = async (page: string, parts: Readonly<Record<string, string>>): Promise<void> => {
  const file = new URL(`../../${page}`, import.meta.url)
  await writeFile(file, withAllGenerated(await readFile(file, 'utf8'), parts))
}

await write('docs/settings.md', { settings: settingsTable() })
await write('docs/fault-injection.md', { 'magic accounts': magicTable() })
await write('routes/control/README.md', controlTables())
await write('docs/verify-real.md', await verifyTables())
for (const product of products) await write(`routes/${product.name}.md`, { cases: await caseTable(product) })
await writeFile(new URL('../src/cli/help.txt', import.meta.url), (await run(['--help'])).out)
