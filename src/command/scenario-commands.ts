import { Complaint } from '../complaint.js'
import { explain } from '../scenario/explain.js'
import { Library } from '../scenario/library.js'
import { type PlacedMistake, ScenarioMistakes, sayMistake } from '../scenario/mistakes.js'
import { scenarioSchema } from '../scenario/schema.js'
import type { Outside } from './cli.js'
import { exitCodes } from './exit-codes.js'

/** The shipped stories, and whatever else is named, read for the products of this command. */
export const libraryOf = ({ scenarios, products }: Pick<Outside, 'scenarios' | 'products'>): Library =>
  new Library(scenarios, products)

/** What was found in a file. */
interface Validation {
  readonly file: string
  readonly ok: boolean
  readonly title?: string
  readonly errors: readonly Finding[]
  readonly warnings: readonly Finding[]
}

/** A message, with its place where it has one: file, line, column, path. */
type Finding = Partial<PlacedMistake> & { readonly message: string }

/** Reads each file; says `ok` for the good ones on stdout, and every mistake of the others on stderr. `json`: all on stdout. */
export const validateCommand = async (files: readonly string[], outside: Outside, json = false): Promise<number> => {
  const library = libraryOf(outside)
  const results: Validation[] = []
  for (const file of files) {
    const result = await validate(file, library)
    results.push(result)
    if (!json) printValidation(result, outside)
  }
  if (json) outside.stdout.write(`${JSON.stringify({ scenarios: results }, undefined, 2)}\n`)
  return results.every(({ ok }) => ok) ? exitCodes.stopped : exitCodes.mistake
}

const validate = async (file: string, library: Library): Promise<Validation> => {
  try {
    const { story, warnings } = await library.read(await library.source(file))
    return { file, ok: true, title: story.title, errors: [], warnings }
  } catch (error) {
    if (!(error instanceof Complaint)) throw error
    const errors = error instanceof ScenarioMistakes ? error.mistakes : [{ message: error.message }]
    return { file, ok: false, errors, warnings: [] }
  }
}

const printValidation = ({ file, ok, errors, warnings }: Validation, { stdout, stderr }: Outside): void => {
  for (const warning of warnings) stderr.write(`${lineOf(warning)} (a warning)\n`)
  for (const error of errors) stderr.write(`${lineOf(error)}\n`)
  if (ok) stdout.write(`${file}: ok\n`)
}

const lineOf = ({ message, file, line = 1, column = 1, path = '' }: Finding): string =>
  file === undefined ? message : sayMistake({ file, line, column, path, message })

/** Prints what a story does, in English. */
export const explainCommand = async (file: string, outside: Outside): Promise<number> => {
  const library = libraryOf(outside)
  const { story } = await library.read(await library.source(file))
  outside.stdout.write(explain(story))
  return exitCodes.stopped
}

/** Prints the JSON Schema of scenarios. */
export const schemaCommand = async ({ products, stdout }: Outside): Promise<number> => {
  stdout.write(`${JSON.stringify(scenarioSchema(products), undefined, 2)}\n`)
  return exitCodes.stopped
}

/** Prints the shipped stories, each with its title. */
export const scenariosCommand = async (outside: Outside, json = false): Promise<number> => {
  const library = libraryOf(outside)
  const names = await library.names()
  const scenarios = await Promise.all(
    names.map(async name => ({ name, title: (await library.read(await library.source(name))).story.title }))
  )
  const width = Math.max(...names.map(name => name.length))
  const lines = scenarios.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`)
  outside.stdout.write(json ? `${JSON.stringify({ scenarios }, undefined, 2)}\n` : lines.join(''))
  return exitCodes.stopped
}
