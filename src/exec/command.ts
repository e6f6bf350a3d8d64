import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../base/error-message.js'
import { UserError } from '../base/user-error.js'
import type { Environment } from '../config/read-settings.js'
import type { SystemClock } from '../state/clock.js'

/** The end of a command. `code` is the exit code of a shell: 128 plus the signal number after a signal. */
export interface CommandEnd {
  readonly code: number
  readonly signal?: NodeJS.Signals
}

export interface CommandOptions {
  readonly words: readonly string[]
  readonly env: Environment
  readonly systemClock: Pick<SystemClock, 'elapsed' | 'sleep'>
  /** Receives the output; if undefined, the command shares stdin, stdout and stderr with this process. */
  readonly onOutput?: (text: string) => void
}

/** A command in a process group of its own. */
export interface RunningCommand {
  readonly ended: Promise<CommandEnd>
  /** Sends a signal to the process group. */
  kill(signal: NodeJS.Signals): void
  /**
   * Stops the rest of the group: SIGTERM, then SIGKILL after `grace` milliseconds. Resolves to whether any process was left.
   */
  endGroup(grace: number): Promise<boolean>
}

/** Exit codes of a shell for a command that cannot be started. */
export const notStarted = { notFound: 127, notExecutable: 126 } as const

/** A command that cannot be started. `code`: the exit code of a shell. */
export class CommandError extends UserError {
  constructor(
    message: string,
    readonly code: number
  ) {
    super(message)
  }
}

/** The certificate of a generated authority as a file for a command. */
export interface AuthorityFile {
  readonly path: string
  remove(): Promise<void>
}

/** Writes the certificate, in PEM, into a temporary folder. Throws a UserError. */
export const writeAuthority = async (ca: string): Promise<AuthorityFile> => {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'session-mock-'))
    const path = join(folder, 'ca.pem')
    await writeFile(path, ca)
    return { path, remove: () => rm(folder, { recursive: true, force: true }) }
  } catch (error) {
    throw new UserError(
      `the certificate for the command cannot be written to ${tmpdir()}: ${messageOf(error)}; set TMPDIR to a folder that exists`
    )
  }
}

/** Starts a command. Throws a CommandError if it is not found or not executable. */
export const startCommand = async (options: CommandOptions): Promise<RunningCommand> => {
  const { words, env, systemClock, onOutput } = options
  const [file = '', ...args] = words
  const child = spawn(file, args, {
    env: { ...env },
    detached: true,
    stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : 'inherit'
  })
  for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', text => onOutput?.(text))
  await once(child, 'spawn').catch(error => {
    throw cannotStart(file, error)
  })
  child.on('error', () => undefined)
  const ended = new Promise<CommandEnd>(resolve => {
    child.once('exit', (code, signal) => resolve(endOf(code, signal)))
  })
  const { pid = 0 } = child
  return {
    ended,
    kill: signal => void signalGroup(pid, signal),
    endGroup: async grace => {
      const isLeft = await endGroup(pid, grace, systemClock)
      child.stdout?.destroy()
      child.stderr?.destroy()
      return isLeft
    }
  }
}

const cannotStart = (file: string, { code, message }: NodeJS.ErrnoException): CommandError => {
  if (code === 'ENOENT') return new CommandError(`${file}: command not found`, notStarted.notFound)
  return new CommandError(
    `${file}: ${code === 'EACCES' ? 'permission denied: it is not executable' : message}`,
    notStarted.notExecutable
  )
}

const endOf = (code: number | null, signal: NodeJS.Signals | null): CommandEnd =>
  signal === null ? { code: code ?? 0 } : { code: 128 + constants.signals[signal], signal }

/** Whether the group still exists. */
const signalGroup = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

const endGroup = async (
  pid: number,
  grace: number,
  { elapsed, sleep }: CommandOptions['systemClock']
): Promise<boolean> => {
  if (!signalGroup(pid, grace > 0 ? 'SIGTERM' : 'SIGKILL')) return false
  const deadline = elapsed() + grace
  while (elapsed() < deadline && signalGroup(pid, 0)) await sleep(20)
  signalGroup(pid, 'SIGKILL')
  return true
}
