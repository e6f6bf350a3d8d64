import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pageHeaders } from '../../src/control/dashboard-page.js'
import type { ControlContext, Endpoint } from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'

/** The files of the dashboard, with their types. */
const types: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'dashboard.js': 'text/javascript; charset=utf-8',
  'dashboard.css': 'text/css; charset=utf-8'
}

const page: Endpoint = {
  method: 'GET',
  path: '/',
  summary: 'Get the dashboard page',
  answers: {
    200: { description: 'The page.', type: 'text/html', schema: { type: 'string' } },
    404: { description: 'There is no dashboard here.' }
  },
  open: true,
  run: ({ context }) => file(context, 'index.html')
}

const part: Endpoint = {
  method: 'GET',
  path: '/dashboard/{file}',
  summary: 'Get the script or the style of the dashboard',
  answers: {
    200: { description: 'The file.', type: 'text/javascript', schema: { type: 'string' } },
    404: { description: 'There is no such file, or no dashboard here.' }
  },
  open: true,
  run: ({ context, params }) => file(context, params.file ?? '')
}

const file = async ({ dashboard }: ControlContext, name: string) => {
  const type = types[name]
  if (dashboard === undefined || type === undefined)
    throw new Problem(
      404,
      'There is no such page',
      dashboard === undefined ? 'The dashboard is off: --no-dashboard turned it off.' : `The dashboard has no ${name}.`
    )
  const body = await readFile(join(dashboard, name), 'utf8').catch(() => {
    throw new Problem(404, 'The dashboard is not built', 'Its files are missing: `npm run build` makes them.')
  })
  return { status: 200, headers: { ...pageHeaders, 'Content-Type': type }, body }
}

export const dashboardEndpoints = [page, part]
