import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { choice, nearest, UserError } from '../base/user-error.js'

/** Files in the folder of clients, by the language they are for. */
const files: Readonly<Record<string, string>> = { python: 'python/session_mock.py' }

/** The text of the client for tests in that language. Throws a UserError where there is none. */
export const clientFor = async (language: string, folder: string): Promise<string> => {
  const languages = Object.keys(files)
  const file = Object.hasOwn(files, language) ? files[language] : undefined
  if (file !== undefined) return readFile(join(folder, file), 'utf8')
  const meant = nearest(language, languages)
  throw new UserError(
    `there is no client for "${language}"; ${meant ? `did you mean ${meant}?` : `expected ${choice(languages)}`}`
  )
}
