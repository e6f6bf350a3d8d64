import { Redis } from 'iovalkey'
import { below, freePort } from '../places.js'
import { begin, type Command, end, exitCode } from '../process.js'

export interface Engine {
  /** For `--store`. */
  readonly url: string
  readonly version: string
  readonly connection: Redis
  stop(): Promise<void>
}

const programs = ['valkey-server', 'redis-server']

/** Starts an engine without persistence on a free port; undefined where none is installed. */
export const startEngine = async (folder: string): Promise<Engine | undefined> => {
  const program = await installed()
  if (program === undefined) return undefined
  const port = await freePort()
  const child = begin(await commandOf(program, port, folder), 'ignore')
  const connection = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50, maxRetriesPerRequest: 100 })
  // It is tried again until the engine listens.
  connection.on('error', () => undefined)
  await connection.ping()
  const stop = async () => {
    connection.disconnect()
    await end(child)
  }
  return { url: `redis://127.0.0.1:${port}/0`, version: await versionOf(connection), connection, stop }
}

const installed = async (): Promise<string | undefined> => {
  for (const program of programs)
    if ((await exitCode({ program, args: ['--version'] }, 5000).catch(() => 1)) === 0) return program
  return undefined
}

const commandOf = async (program: string, port: number, folder: string): Promise<Command> => {
  const place = ['--bind', '127.0.0.1', '--port', String(port), '--dir', await below(folder, 'engine')]
  return { program, args: [...place, '--save', '', '--appendonly', 'no'] }
}

const versionOf = async (connection: Redis): Promise<string> => {
  const facts = await connection.info('server')
  const [, valkey] = /^valkey_version:(\S+)/m.exec(facts) ?? []
  const [, redis] = /^redis_version:(\S+)/m.exec(facts) ?? []
  return valkey === undefined ? `Redis ${redis}` : `Valkey ${valkey}`
}
