import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../base/user-error.js'
import { flagOf } from '../config/settings.js'

/** Makes the folder where it is not there. Throws a UserError where nothing can be written into it. */
export const reportFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true })
    const probe = join(folder, '.session-mock-probe')
    await writeFile(probe, '')
    await rm(probe)
  } catch (error) {
    const why = error instanceof Error ? error.message : error
    throw new UserError(`${flagOf('report')} "${folder}": it is no folder that can be written: ${why}`)
  }
}

/** Writes a file of a report under another name first, so that nobody ever reads half of it. `name` may lead into a folder. */
export const writeReportFile = async (folder: string, name: string, text: string): Promise<void> => {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.part`, text)
  await rename(`${path}.part`, path)
}

export const renderJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`
