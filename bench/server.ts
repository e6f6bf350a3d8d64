import type { ChildProcess, StdioOptions } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { Contender } from './contenders/contender.js'
import type { Node } from './nodes.js'
import { freePort } from './places.js'
import { begin, type Command, lastWords } from './process.js'
import { ask, type Call } from './request.js'
import { loginCall } from './session.js'

export interface Server {
  readonly name: string
  readonly port: number
  readonly child: ChildProcess
  /** From its start to its first right answer, in milliseconds. */
  readonly readyAfter: number
}

/** Starts a contender and waits for its first response. Throws, with what it said, where none comes. */
export const serve = async (contender: Contender, node: Node, folder: string, preload?: Preload): Promise<Server> => {
  const port = await freePort()
  const command = await contender.command({ port, folder, node })
  const begun = performance.now()
  const child = preload ? begin(preload(command), silentWithChannel) : begin(command, silent)
  const complaints = lastWords(child)
  try {
    await firstAnswer(port, child, contender.ready ?? loginCall)
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${error instanceof Error ? error.message : error}. ${complaints()}`.trim())
  }
  return { name: contender.name, port, child, readyAfter: performance.now() - begun }
}

/** What puts a module before a contender's own. */
export type Preload = (command: Command) => Command

const silent: StdioOptions = ['ignore', 'ignore', 'pipe']
const silentWithChannel: StdioOptions = [...silent, 'ipc']

const longest = 60_000
const betweenTries = 2

const firstAnswer = async (port: number, child: ChildProcess, call: Call) => {
  let failure: Error | undefined
  child.on('error', error => {
    failure = error
  })
  const deadline = performance.now() + longest
  while (performance.now() < deadline) {
    if (await answers(port, call)) return
    if (failure) throw failure
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended before its first response')
    await pause(betweenTries)
  }
  throw new Error(`it did not answer within ${longest / 1000} s`)
}

const answers = (port: number, call: Call) =>
  ask(port, call).then(
    ({ status }) => status === 200,
    () => false
  )
