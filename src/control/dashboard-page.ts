import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../http/problem.js'
import type { Answer } from '../http/response.js'

/**
 * Headers of the dashboard's files: no content from other origins, no inline scripts or styles, no framing by other pages, and no
 * guessed media types.
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

/** The response with a file of the dashboard from the folder of the build. Throws a Problem, 404, for other names. */
export const dashboardFile = async (folder: string, name: string): Promise<Answer> => {
  const type = Object.hasOwn(types, name) ? types[name] : undefined
  if (type === undefined) throw new Problem(404, 'No such page', `The dashboard has no ${name}.`)
  const body = await readFile(join(folder, name), 'utf8').catch(() => {
    throw new Problem(404, 'The dashboard is not built', 'Its files are missing: `npm run build` builds them.')
  })
  return { status: 200, headers: { ...pageHeaders, 'Content-Type': type }, body }
}
