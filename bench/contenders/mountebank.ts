import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../places.js'
import { stub } from '../session.js'
import type { Contender } from './contender.js'
import { folderOf, versionOf } from './installed.js'

export const mountebank: Contender = {
  name: 'mountebank',
  version: () => versionOf('mountebank'),
  command: async ({ node, port, folder }) => {
    const config = join(folder, 'imposters.json')
    await writeFile(config, JSON.stringify({ imposters: [imposter(port)] }))
    const admin = String(await freePort())
    const settings = ['--port', admin, '--host', '127.0.0.1', '--configfile', config, '--noParse', '--nologfile']
    const quiet = ['--loglevel', 'error', '--pidfile', join(folder, 'mb.pid')]
    return { program: node.program, args: [join(folderOf('mountebank'), 'bin/mb'), 'start', ...settings, ...quiet] }
  }
}

const imposter = (port: number) => ({
  protocol: 'http',
  host: '127.0.0.1',
  port,
  stubs: [answering('GET', session), answering('POST', session), answering('DELETE', { statusCode: 200 })]
})

// Without Connection, mountebank closes each connection after its answer.
const keep = { Connection: 'keep-alive' }
const session = { statusCode: 200, headers: { 'Content-Type': stub.type, ...keep }, body: stub.body }

const answering = (method: string, is: object) => ({
  predicates: [{ equals: { method, path: '/session' } }],
  responses: [{ is }]
})
