import { UserError } from '../base/user-error.js'
import { ScenarioCatalog } from '../scenario/format/catalog.js'
import { explain } from '../scenario/format/explain.js'
import { scenarioSchema } from '../scenario/format/schema.js'
import { formatIssue, type LocatedIssue, ScenarioError } from '../scenario/validation-issue.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'

/** The catalog of the shipped scenarios, for the products of this command. */
export const catalogOf = ({ scenarios, products }: Pick<CommandContext, 'scenarios' | 'products'>): ScenarioCatalog =>
  new ScenarioCatalog(scenarios, products)

/** The result of a validation. */
interface Validation {
  readonly file: string
  readonly ok: boolean
  readonly title?: string
  readonly errors: readonly Finding[]
  readonly warnings: readonly Finding[]
}

/** A message, with its place if known: file, line, column, path. */
type Finding = Partial<LocatedIssue> & { readonly message: string }

/** Validates files: `ok` on stdout, errors on stderr; with `json` everything on stdout. Resolves to the exit code. */
export const validateCommand = async (
  files: readonly string[],
  context: CommandContext,
  json = false
): Promise<number> => {
  const catalog = catalogOf(context)
  const results: Validation[] = []
  for (const file of files) {
    const result = await validate(file, catalog)
    results.push(result)
    if (!json) printValidation(result, context)
  }
  if (json) context.stdout.write(`${JSON.stringify({ scenarios: results }, undefined, 2)}\n`)
  return results.every(({ ok }) => ok) ? exitCodes.stopped : exitCodes.mistake
}

const validate = async (file: string, catalog: ScenarioCatalog): Promise<Validation> => {
  try {
    const { scenario, warnings } = await catalog.read(await catalog.source(file))
    return { file, ok: true, title: scenario.title, errors: [], warnings }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const errors = error instanceof ScenarioError ? error.issues : [{ message: error.message }]
    return { file, ok: false, errors, warnings: [] }
  }
}

const printValidation = ({ file, ok, errors, warnings }: Validation, { stdout, stderr }: CommandContext): void => {
  for (const warning of warnings) stderr.write(`${lineOf(warning)} (a warning)\n`)
  for (const error of errors) stderr.write(`${lineOf(error)}\n`)
  if (ok) stdout.write(`${file}: ok\n`)
}

const lineOf = ({ message, file, line = 1, column = 1, path = '' }: Finding): string =>
  file === undefined ? message : formatIssue({ file, line, column, path, message })

/** Prints a description of a scenario in English. */
export const explainCommand = async (file: string, context: CommandContext): Promise<number> => {
  const catalog = catalogOf(context)
  const { scenario } = await catalog.read(await catalog.source(file))
  context.stdout.write(explain(scenario))
  return exitCodes.stopped
}

/** Prints the JSON Schema of scenarios. */
export const schemaCommand = async ({ products, stdout }: CommandContext): Promise<number> => {
  stdout.write(`${JSON.stringify(scenarioSchema(products), undefined, 2)}\n`)
  return exitCodes.stopped
}

/** Prints the names and titles of the shipped scenarios. */
export const scenariosCommand = async (context: CommandContext, json = false): Promise<number> => {
  const catalog = catalogOf(context)
  const names = await catalog.names()
  const scenarios = await Promise.all(
    names.map(async name => ({ name, title: (await catalog.read(await catalog.source(name))).scenario.title }))
  )
  const width = Math.max(...names.map(name => name.length))
  const lines = scenarios.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`)
  context.stdout.write(json ? `${JSON.stringify({ scenarios }, undefined, 2)}\n` : lines.join(''))
  return exitCodes.stopped
}
