import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answer } from '../http/answer.js'
import { Problem } from '../http/problem.js'

/**
 * What the dashboard's files are sent with: nothing comes from elsewhere or stands in the page itself, no other page frames it,
 * and no browser guesses types.
 */
export const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache'
} as const

/** The files of the dashboard, with their types. */
const types: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'dashboard.js': 'text/javascript; charset=utf-8',
  'dashboard.css': 'text/css; charset=utf-8'
}

/** The answer with a file of the dashboard that is built in this folder. Throws a Problem, 404, where there is none. */
export const dashboardFile = async (folder: string, name: string): Promise<Answer> => {
  const type = Object.hasOwn(types, name) ? types[name] : undefined
  if (type === undefined) throw new Problem(404, 'There is no such page', `The dashboard has no ${name}.`)
  const body = await readFile(join(folder, name), 'utf8').catch(() => {
    throw new Problem(404, 'The dashboard is not built', 'Its files are missing: `npm run build` makes them.')
  })
  return { status: 200, headers: { ...pageHeaders, 'Content-Type': type }, body }
}
