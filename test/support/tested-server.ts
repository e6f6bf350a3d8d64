import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { builtCommand } from './built-command.js'

export interface TestedServer {
  readonly url: string
  /** The same over HTTPS, by a certificate of the authority at `/__admin/ca.pem`. */
  readonly secureUrl: string
}

/**
 * A server whose inside no test sees: the one at TESTED_URL and TESTED_HTTPS_URL, just started, or else the built command in a
 * process of its own until the test is over.
 */
export const testedServer = async (t: Test): Promise<TestedServer> => {
  const { TESTED_URL: url, TESTED_HTTPS_URL: secureUrl } = process.env
  return url && secureUrl ? { url, secureUrl } : startCommand(t)
}

const startCommand = async (t: Test): Promise<TestedServer> => {
  const flags = ['--port', '0', '--https-port', '0', '--log', 'json']
  const child = spawn(process.execPath, [await builtCommand(), ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  const lines = createInterface(child.stdout)
  const [line] = await once(lines, 'line')
  const { url, https } = JSON.parse(line)
  return { url, secureUrl: https }
}
