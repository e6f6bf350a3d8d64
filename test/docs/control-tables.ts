import { endpoints } from '../../routes/control/index.js'
import { filterKeys } from '../../src/journal/search.js'
import { verdictNames } from '../../src/journal/verdicts.js'

/** The generated tables of routes/control/README.md, by the name of their marker. */
export const controlTables = (): Readonly<Record<string, string>> => ({
  paths: table(
    ['path, below `/__admin`', 'description'],
    endpoints.map(({ method, path, summary }) => [`\`${method} ${path.slice(1)}\``, summary])
  ),
  searches: table(
    ['key', 'matches'],
    Object.entries(filterKeys).map(([key, schema]) => [
      `\`${key}\``,
      'description' in schema ? String(schema.description) : ''
    ])
  ),
  verdicts: table(
    ['verdict', 'finds'],
    Object.entries(verdictNames).map(([name, description]) => [`\`${name}\``, description])
  )
})

export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(heads), `|${heads.map(() => '---|').join('')}`, ...rows.map(line), ''].join('\n')

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
