import { readFile, writeFile } from 'node:fs/promises'
import { messageOf } from '../base/error-message.js'
import { UserError } from '../base/user-error.js'
import type { Parse } from '../config/values/parse.js'

/** The value of a flag; undefined if it is not given. Throws a UserError with the flag. */
export const readFlag = <Value>(flag: string, given: string | undefined, parse: Parse<Value>): Value | undefined => {
  if (given === undefined) return undefined
  try {
    return parse([given], { products: [] })
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${flag} "${given}": ${error.message}`)
    throw error
  }
}

/** The text of the file of a flag. Throws a UserError. */
export const readTextOf = async (flag: string, file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UserError(`${flag} "${file}": it cannot be read: ${messageOf(error)}`)
  }
}

/** Writes the file of a flag. Throws a UserError. */
export const writeTextTo = async (flag: string, file: string, text: string): Promise<void> => {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new UserError(`${flag} "${file}": it cannot be written: ${messageOf(error)}`)
  }
}
