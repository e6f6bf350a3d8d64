import { join } from 'node:path'
import { root } from '../places.js'
import type { Contender } from './contender.js'
import { versionIn } from './installed.js'

/** The command as it was built and copied to `app`, with the journal that it has by default. */
export const sessionMock = (app: string, ...settings: readonly string[]): Contender => ({
  name: 'session-mock',
  version: () => versionIn(root, 'package.json is not there'),
  command: async ({ node, port }) => ({
    program: node.program,
    args: [join(app, 'dist/main.js'), '--port', String(port), '--log-level', 'silent', ...settings]
  })
})
