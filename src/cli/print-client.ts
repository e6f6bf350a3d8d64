import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { choice, nearest, UserError } from '../base/errors.js'

/** Files of the clients, by language. */
const files: Readonly<Record<string, string>> = { python: 'python/session_mock.py' }

/** The source of the client library for a language. Throws a UserError for an unknown language. */
export const clientFor = async (language: string, folder: string): Promise<string> => {
  const languages = Object.keys(files)
  const file = Object.hasOwn(files, language) ? files[language] : undefined
  if (file !== undefined) return readFile(join(folder, file), 'utf8')
  const suggestion = nearest(language, languages)
  throw new UserError(
    `there is no client for "${language}"; ${suggestion ? `did you mean ${suggestion}?` : `expected ${choice(languages)}`}`
  )
}
