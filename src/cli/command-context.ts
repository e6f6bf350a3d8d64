import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import type { Command, OptionValues } from 'commander'
import { messageOf } from '../base/error-message.js'
import { nearest, UserError } from '../base/errors.js'
import type { Environment } from '../config/read-settings.js'
import { flagOf, type Settings } from '../config/settings.js'
import type { Parse } from '../config/values.js'
import type { Endpoint } from '../control/endpoint.js'
import type { Product } from '../product/product.js'
import type { Output } from '../run/log.js'
import type { SystemClock } from '../session/clock.js'

/** The external dependencies of the command. */
export interface CommandContext {
  readonly argv: readonly string[]
  readonly env: Environment
  readonly stdout: Output
  readonly stderr: Output
  readonly version: string
  readonly products: readonly Product[]
  /** The endpoints of the control API. */
  readonly endpoints: () => Promise<readonly Endpoint[]>
  /** Folder of the shipped scenarios. */
  readonly scenarios: string
  /** Folder of the cases of the products. */
  readonly cases: string
  /** Folder of the built dashboard. */
  readonly dashboard: string
  /** Folder of the clients in other languages. */
  readonly clients: string
  /** Resolves at the first signal to stop. */
  readonly stopped: () => Promise<void>
  /** Handles the signals that would terminate this process. Returns the function that removes the listener. */
  readonly onSignal?: (listener: (signal: NodeJS.Signals) => void) => () => void
  /** Gives signals their default effect, for a command that handles none. */
  readonly endBySignals?: () => void
  /** Handles the end of all timers and I/O of this process. Returns the function that removes the listener. */
  readonly onIdle?: (listener: () => void) => () => void
  /** Undefined if the parent process is not watched. */
  readonly parent?: ParentProcess
  /** The arguments of the server in this container, if any. */
  readonly serverArguments?: () => readonly string[] | undefined
}

/** Exit codes of the command. */
export const exitCodes = {
  stopped: 0,
  bug: 1,
  notReached: 1,
  mistake: 2,
  portInUse: 3,
  found: 4,
  misbehaved: 5,
  differs: 5
} as const

export const exitCodesInWords =
  '0 stopped, 1 internal error or real server not reached, 2 invalid setting, command or file, 3 port not available, 4 failures under --strict, 5 findings of grill or verify-real'

/** The options from the command line only: commander adds defaults for negated flags. */
export const givenOptions = (command: Command): OptionValues =>
  Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'))

/** A line for each option that is none of the command, for one with `allowUnknownOption`. */
export const unknownOptions = (command: Command): string[] =>
  command.args
    .filter(word => /^-./.test(word))
    .map(word => {
      const [flag = ''] = word.split('=', 1)
      const known = command.options.flatMap(({ long }) => (long ? [long] : []))
      const meant = nearest(flag, known)
      return `unknown option '${flag}'${meant === undefined ? '' : `; did you mean ${meant}?`}`
    })

/** An argument parser of commander for repeatable options. */
export const repeatable = (value: string, before: string[] = []): string[] => [...before, value]

/** The value of a flag; undefined if it is not given. Throws a UserError with the flag. */
export const readFlag = <Value>(flag: string, given: string | undefined, parse: Parse<Value>): Value | undefined => {
  if (given === undefined) return undefined
  try {
    return parse([given], { products: [] })
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${flag} "${given}": ${error.message}`)
    throw error
  }
}

/** The text of the file of a flag. Throws a UserError. */
export const readTextOf = async (flag: string, file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UserError(`${flag} "${file}": it cannot be read: ${messageOf(error)}`)
  }
}

/** Writes the file of a flag. Throws a UserError. */
export const writeTextTo = async (flag: string, file: string, text: string): Promise<void> => {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new UserError(`${flag} "${file}": it cannot be written: ${messageOf(error)}`)
  }
}

/** The parent of this process. */
export const parentProcess: ParentProcess = {
  pids: () => ancestors(process.ppid),
  onInputClosed: listener => {
    const { stdin } = process
    stdin.once('end', listener).once('close', listener).once('error', listener).resume()
    return () => {
      stdin.off('end', listener).off('close', listener).off('error', listener)
      stdin.destroy()
    }
  }
}

/** A shell waits for its command and does not report the end of its own parent: then the ancestors are watched too. */
const ancestors = (pid: number): number[] => {
  const parent = parentOfShell(pid)
  return parent === undefined ? [pid] : [pid, ...ancestors(parent)]
}

/** Undefined if the process is not a shell, or without /proc. Source: proc(5), /proc/pid/stat. */
const parentOfShell = (pid: number): number | undefined => {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return /^(?:ba|da|z|k|a)?sh$/.test(name ?? '') && Number(parent) > 0 ? Number(parent) : undefined
  } catch {
    return undefined
  }
}

/** The parent process, and the standard input. */
export interface ParentProcess {
  /** Process ids from the parent up to the first ancestor that is not a shell: `npm` starts scripts through one. */
  pids(): readonly number[]
  /** Calls the listener when the standard input closes. Returns the function that removes it. */
  onInputClosed(listener: () => void): () => void
}

interface Surroundings {
  readonly env: Environment
  readonly parent?: ParentProcess | undefined
}

/** Milliseconds between two checks: the end of a parent sends no signal. */
const interval = 200

/**
 * `ended` resolves with the reason at the end of the parent process, and with `exitWithParent` also when the standard input closes. Without
 * that setting only npm and npx are watched: they end on SIGTERM, and their shell does not forward the signal.
 */
export const parentEnded = (
  { exitWithParent }: Pick<Settings, 'exitWithParent'>,
  { env, parent }: Surroundings,
  clock: Pick<SystemClock, 'every'>
): { readonly ended: Promise<string>; close(): void } => {
  if (!parent || !(exitWithParent || env.npm_command !== undefined)) return { ended: never, close: () => undefined }
  const stops: (() => void)[] = []
  const before = parent.pids().join()
  const ended = new Promise<string>(resolve => {
    stops.push(
      clock.every(interval, () => {
        if (parent.pids().join() !== before) resolve('the parent process has ended')
      })
    )
    if (!exitWithParent) return
    const reason = `the standard input is closed, which ${flagOf('exitWithParent')} stops at: keep it open, as by a pipe`
    stops.push(parent.onInputClosed(() => resolve(reason)))
  })
  return {
    ended,
    close: () => {
      for (const stop of stops) stop()
    }
  }
}

const never = new Promise<string>(() => undefined)
