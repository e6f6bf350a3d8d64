import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { portOf } from '../../src/server/http-server.js'

const engines = ['valkey-server', 'redis-server']
const found = engines.find(name => spawnSync(name, ['--version']).status === 0)

if (found === undefined && process.env.ENGINE_REQUIRED === '1')
  throw new Error(`the tests of the store need one of ${engines.join(', ')}`)

/** The reason to skip tests without an engine, or false. */
export const noEngine: string | false = found === undefined && 'skipped: no valkey-server or redis-server is installed'

export interface EngineProcess {
  readonly port: number
  readonly url: string
  stop(signal?: NodeJS.Signals): Promise<void>
  start(): Promise<void>
  signal(signal: NodeJS.Signals): void
}

/** An engine without persistence on a free port, until the end of the test. */
export const engineProcess = async (t: Test, ...flags: string[]): Promise<EngineProcess> => {
  const dir = mkdtempSync(join(tmpdir(), 'session-mock-engine-'))
  const port = await freePort()
  let child: ChildProcess | undefined
  const start = async () => {
    child = await launch(port, dir, flags)
  }
  const stop = async (signal: NodeJS.Signals = 'SIGKILL') => {
    const running = child
    child = undefined
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill(signal)
    await exited
  }
  t.teardown(async () => {
    await stop()
    rmSync(dir, { recursive: true, force: true })
  })
  await start()
  return { port, url: `redis://127.0.0.1:${port}/0`, start, stop, signal: signal => void child?.kill(signal) }
}

/** Sends a command to the engine. Resolves to the start of its reply. */
export const engineCommand = async (port: number, ...words: string[]): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  socket.write(`*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`)
  const [data = Buffer.alloc(0)]: Buffer[] = await once(socket, 'data')
  socket.destroy()
  return data.toString()
}

const launch = async (port: number, dir: string, flags: readonly string[]): Promise<ChildProcess> => {
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
  const child = spawn(found ?? 'redis-server', [...own, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(child.stdout)) {
    if (/Ready to accept connections/.test(line)) {
      child.stdout.resume()
      return child
    }
  }
  throw new Error(`the engine did not start: ${flags.join(' ')}`)
}

/** A port that is free now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}
