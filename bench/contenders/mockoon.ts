import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stub } from '../session.js'
import type { Contender } from './contender.js'
import { folderOf, versionOf } from './installed.js'

export const mockoon: Contender = {
  name: 'Mockoon',
  version: () => versionOf('@mockoon/cli'),
  command: async ({ node, port, folder }) => {
    const data = join(folder, 'session.json')
    await writeFile(data, JSON.stringify(environment(port)))
    const settings = ['--data', data, '--repair', '--disable-log-to-file']
    return { program: node.program, args: [join(folderOf('@mockoon/cli'), 'bin/run.js'), 'start', ...settings] }
  }
}

const environment = (port: number) => {
  const json = [{ key: 'Content-Type', value: stub.type }]
  const routes = [route('get', stub.body, json), route('post', stub.body, json), route('delete', '', [])]
  const rootChildren = routes.map(({ uuid }) => ({ type: 'route', uuid }))
  const uuid = 'session'
  return { uuid, name: 'session', lastMigration: 33, port, hostname: '127.0.0.1', routes, rootChildren, headers: [] }
}

const route = (method: string, body: string, headers: readonly object[]) => ({
  uuid: `route-${method}`,
  type: 'http',
  method,
  endpoint: 'session',
  responses: [{ uuid: `response-${method}`, default: true, statusCode: 200, bodyType: 'INLINE', body, headers }]
})
