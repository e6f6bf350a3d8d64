import { Complaint } from '../complaint.js'
import { explain } from '../scenario/explain.js'
import { Library } from '../scenario/library.js'
import { sayMistake } from '../scenario/mistakes.js'
import { scenarioSchema } from '../scenario/schema.js'
import type { Outside } from './cli.js'
import { exitCodes } from './exit-codes.js'

/** The shipped stories, and whatever else is named, read for the products of this command. */
export const libraryOf = ({ scenarios, products }: Pick<Outside, 'scenarios' | 'products'>): Library =>
  new Library(scenarios, products)

/** Reads each file; says `ok` for the good ones on stdout, and every mistake of the others on stderr. */
export const validateCommand = async (files: readonly string[], outside: Outside): Promise<number> => {
  const library = libraryOf(outside)
  let code: number = exitCodes.stopped
  for (const file of files) {
    try {
      const { warnings } = await library.read(await library.source(file))
      for (const warning of warnings) outside.stderr.write(`${sayMistake(warning)} (a warning)\n`)
      outside.stdout.write(`${file}: ok\n`)
    } catch (error) {
      if (!(error instanceof Complaint)) throw error
      outside.stderr.write(`${error.message}\n`)
      code = exitCodes.mistake
    }
  }
  return code
}

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
export const scenariosCommand = async (outside: Outside): Promise<number> => {
  const library = libraryOf(outside)
  const names = await library.names()
  const width = Math.max(...names.map(name => name.length))
  for (const name of names) {
    const { story } = await library.read(await library.source(name))
    outside.stdout.write(`${name.padEnd(width)}  ${story.title}\n`)
  }
  return exitCodes.stopped
}
