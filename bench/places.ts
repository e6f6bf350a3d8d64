import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../', import.meta.url))
export const bench = fileURLToPath(new URL('./', import.meta.url))

/** A folder for what this run writes, gone with it. */
export const ownFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'session-mock-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Copies what was built, so that nothing that is built meanwhile gets into the run. */
export const copyBuilt = async (folder: string): Promise<string> => {
  const app = join(folder, 'app')
  for (const part of ['dist', 'scenarios', 'package.json'])
    await cp(join(root, part), join(app, part), { recursive: true })
  return app
}

/** A folder below this one, made where it is not there. */
export const below = async (folder: string, name: string): Promise<string> => {
  const path = join(folder, name.replace(/[^\w.-]+/g, '-'))
  await mkdir(path, { recursive: true })
  return path
}

/** A port that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
