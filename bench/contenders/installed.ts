import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bench } from '../places.js'

/** The folder of a package of the bench's. */
export const folderOf = (name: string): string => join(bench, 'node_modules', name)

/** The version of a package of the bench's. Throws where it is not installed. */
export const versionOf = (name: string): Promise<string> =>
  versionIn(folderOf(name), `the package ${name} is not installed`)

/** The version of the package in a folder. Throws what is said where there is none. */
export const versionIn = async (folder: string, otherwise: string): Promise<string> => {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => {
    throw new Error(otherwise)
  })
  const { version }: { version: string } = JSON.parse(text)
  return version
}
