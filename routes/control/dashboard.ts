import { dashboardFile } from '../../src/control/dashboard-page.js'
import type { ControlContext, Endpoint } from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'
import type { Answer } from '../../src/http/response.js'

const page: Endpoint = {
  method: 'GET',
  path: '/',
  stateless: true,
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
  stateless: true,
  summary: 'Get the script or the style of the dashboard',
  answers: {
    200: { description: 'The file.', type: 'text/javascript', schema: { type: 'string' } },
    404: { description: 'There is no such file, or no dashboard here.' }
  },
  open: true,
  run: ({ context, params }) => file(context, params.file ?? '')
}

const file = async ({ dashboard }: ControlContext, name: string): Promise<Answer> => {
  if (dashboard === undefined) throw new Problem(404, 'No such page', 'The dashboard is disabled by --no-dashboard.')
  return dashboardFile(dashboard, name)
}

export const dashboardEndpoints = [page, part]
