import { readFile, stat } from 'node:fs/promises'
import { UserError } from '../../base/user-error.js'

/** A scenario's text, and what it is called in a complaint: a file's path, or what else it came by. */
export interface Source {
  readonly name: string
  readonly text: string
}

/** Bytes that a scenario may have. */
export const scenarioLimit = 1_048_576

/** A text holds a line break, or begins as a map does; a path does neither. */
export const isText = (said: string): boolean => said.includes('\n') || /^\s*(?:\{|[\w$]+:\s)/.test(said)

/** The text of a file, called by that name; undefined where there is none. Throws a UserError where it is no text that can be read. */
export const readSource = async (path: string, name = path): Promise<Source | undefined> => {
  const found = await stat(path).catch(() => undefined)
  if (!found) return undefined
  if (found.isDirectory()) throw new UserError(`${name} is a folder; a scenario is one YAML or JSON file`)
  if (!found.isFile()) throw new UserError(`${name} is not a file; a scenario is one YAML or JSON file`)
  if (found.size > scenarioLimit)
    throw new UserError(`${name} has ${found.size} bytes; a scenario may have ${scenarioLimit}`)
  return { name, text: await readText(path, name) }
}

const readText = async (path: string, name: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UserError(`${name} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}
