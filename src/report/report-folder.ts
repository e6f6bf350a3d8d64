import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf } from '../base/error-message.js'
import { UserError } from '../base/user-error.js'
import { flagOf } from '../config/settings.js'

/** Creates the folder if it does not exist. Throws a UserError if it is not writable. */
export const reportFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true })
    const probe = join(folder, '.session-mock-probe')
    await writeFile(probe, '')
    await rm(probe)
  } catch (error) {
    throw new UserError(`${flagOf('report')} "${folder}": it is not a writable folder: ${messageOf(error)}`)
  }
}

/** Writes a file of a report atomically, by a rename. `name` may contain a folder. One with secrets is readable by its owner only. */
export const writeReportFile = async (
  folder: string,
  name: string,
  text: string,
  hasSecrets = false
): Promise<void> => {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  const part = `${path}.part`
  await rm(part, { force: true })
  await writeFile(part, text, hasSecrets ? { mode: 0o600 } : {})
  await rename(part, path)
}

export const renderJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`
