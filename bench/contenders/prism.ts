import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stub } from '../session.js'
import type { Contender } from './contender.js'
import { folderOf, versionOf } from './installed.js'

export const prism: Contender = {
  name: 'Prism',
  version: async node => {
    if (node.major < 24) throw new Error('it needs Node.js 24')
    return versionOf('@stoplight/prism-cli')
  },
  command: async ({ node, port, folder }) => {
    const document = join(folder, 'session.json')
    await writeFile(document, JSON.stringify(openapi))
    const settings = ['mock', '--port', String(port), '--host', '127.0.0.1', '--verboseLevel', 'silent', document]
    return { program: node.program, args: [join(folderOf('@stoplight/prism-cli'), 'dist/index.js'), ...settings] }
  }
}

const session = {
  responses: {
    200: { description: 'The session', content: { 'application/json': { example: JSON.parse(stub.body) } } }
  }
}

const form = { content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } } }
const login = { requestBody: form, ...session }
const gone = { responses: { 200: { description: 'Gone' } } }

const openapi = {
  openapi: '3.0.3',
  info: { title: 'session', version: '1' },
  paths: { '/session': { get: session, post: login, delete: gone } }
}
