import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { CommandContext } from '../../src/cli/command-context.js'
import { cli } from '../../src/cli/commands.js'
import { controlEndpoints } from './control-endpoints.js'
import { products } from './known-products.js'

export interface Running {
  /** The URL of the ready line. */
  readonly url: string
  /** The standard output so far. */
  out(): string
}

/** The output and exit code of the command. A server is stopped as soon as it is ready. */
export const run = async (
  argv: readonly string[],
  outside: Partial<CommandContext> = {}
): Promise<{ code: number; out: string; err: string }> => {
  const said = { out: '', err: '' }
  const code = await cli({ ...surroundings(argv, said), stopped: async () => undefined, ...outside })
  return { code, ...said }
}

/** The command, serving in this process on a free port until the end of the test. */
export const serving = async (t: Test, ...argv: string[]): Promise<Running> => {
  const { err, ...running } = await startCommand(t, ['--port', '0', ...argv])
  t.equal(err(), '')
  return running
}

/** The command, running in this process until it ends, or until the end of the test. Resolves when it is ready. */
export const startCommand = async (t: Test, argv: readonly string[], outside: Partial<CommandContext> = {}) => {
  const events = new EventEmitter()
  const said = { out: '', err: '' }
  const exit = cli({
    ...surroundings(argv, said),
    stdout: {
      write: (text: string) => {
        said.out += text
        if (text.includes('Ready.')) events.emit('ready')
      }
    },
    stopped: async () => void (await once(events, 'stop')),
    ...outside
  })
  await Promise.race([once(events, 'ready'), exit])
  const stop = () => {
    events.emit('stop')
    return exit
  }
  t.teardown(stop)
  const url = /listening on (http:[^"\s]+)/.exec(said.out)?.[1] ?? ''
  return { url, stop, out: () => said.out, err: () => said.err }
}

/** The context of a command; its output is appended to `said`. */
export const commandContext = (argv: readonly string[], said: { out: string; err: string }): CommandContext => ({
  ...surroundings(argv, said),
  stopped: async () => undefined
})

const surroundings = (argv: readonly string[], said: { out: string; err: string }) => ({
  argv,
  env: {},
  stdout: { write: (text: string) => (said.out += text) },
  stderr: { write: (text: string) => (said.err += text) },
  version: '1.2.3',
  products,
  endpoints: controlEndpoints,
  dashboard: fileURLToPath(new URL('../../dist/dashboard/', import.meta.url)),
  scenarios: fileURLToPath(new URL('../../scenarios/', import.meta.url)),
  cases: fileURLToPath(new URL('../../routes/', import.meta.url)),
  clients: fileURLToPath(new URL('../../clients/', import.meta.url))
})
