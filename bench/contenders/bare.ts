import { join } from 'node:path'
import { bench, root } from '../places.js'
import { stub } from '../session.js'
import type { Contender } from './contender.js'
import { versionIn } from './installed.js'

const bare = (name: string, file: string, version: Contender['version']): Contender => ({
  name,
  version,
  command: async ({ node, port }) => ({
    program: node.program,
    args: [join(bench, 'servers', file), String(port), stub.body, stub.type]
  })
})

export const bareHttp = bare('node:http', 'bare-http.mjs', async node => `that of Node.js ${node.version}`)

export const bareFastify = bare('Fastify', 'bare-fastify.mjs', () =>
  versionIn(join(root, 'node_modules/fastify'), 'Fastify is not installed')
)
