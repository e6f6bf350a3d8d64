import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../base/user-error.js'
import { scenarioSchema } from '../scenario/format/schema.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { jsonTemplate, schemaName, yamlTemplate } from './init-templates.js'

/**
 * Writes a starter scenario and its schema, so that editors can use it offline. Keeps an existing scenario. Throws a UserError
 * if a file cannot be written.
 */
export const initCommand = async (file: string, { products, stdout }: CommandContext): Promise<number> => {
  const [, isJson] = /\.(?:ya?ml|(json))$/i.exec(file) ?? refuse(`${file}: expected a name that ends in .yaml or .json`)
  const schemaFile = join(dirname(file), schemaName)
  const schema = `${JSON.stringify(scenarioSchema(products), undefined, 2)}\n`
  const text = await textOf(file)
  const schemaBefore = await textOf(schemaFile)
  if (schemaBefore !== undefined && !isOurs(schemaBefore))
    refuse(`${schemaFile} already exists, is not a schema of session-mock, and is not overwritten`)
  if (text === undefined) await write(file, isJson ? jsonTemplate : yamlTemplate)
  if (schemaBefore !== schema) await write(schemaFile, schema)
  const lines = [
    `${file}: ${text === undefined ? 'written' : 'already exists, unchanged'}`,
    `${schemaFile}: ${schemaBefore === undefined ? 'written' : describeSchemaFile(schemaBefore === schema)}`,
    ...(text === undefined || text.includes(schemaName) ? [] : [describeSchemaLine(file, isJson !== undefined)]),
    `Next: session-mock validate ${file}`
  ]
  stdout.write(`${lines.join('\n')}\n`)
  return exitCodes.stopped
}

const describeSchemaFile = (isSame: boolean): string => (isSame ? 'already exists, up to date' : 'renewed')

/** The line that connects an existing scenario to the schema. */
const describeSchemaLine = (file: string, isJson: boolean): string => {
  const line = isJson ? `"$schema": "./${schemaName}",` : `# yaml-language-server: $schema=./${schemaName}`
  return `For help in an editor, ${isJson ? 'the first key' : 'the first line'} of ${file} should be: ${line}`
}

/** The text of a file; undefined if it does not exist. Throws a UserError for anything else than a file. */
const textOf = async (file: string): Promise<string | undefined> => {
  const found = await stat(file).catch(() => undefined)
  if (!found) return undefined
  if (!found.isFile()) refuse(`${file} already exists, and is not a file`)
  return readFile(file, 'utf8').catch(error => refuse(`${file} cannot be read: ${error.message}`))
}

/** A schema of another version is replaced. */
const isOurs = (text: string): boolean => text.includes('"title": "a session-mock scenario"')

const write = async (file: string, text: string): Promise<void> => {
  const fail = (error: Error): never => refuse(`${file} cannot be written: ${error.message}`)
  await mkdir(dirname(file), { recursive: true }).catch(fail)
  await writeFile(file, text).catch(fail)
}

const refuse = (message: string): never => {
  throw new UserError(message)
}
