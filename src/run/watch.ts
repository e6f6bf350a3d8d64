import { stat } from 'node:fs/promises'
import { messageOf } from '../base/error-message.js'
import { isSystemError, UserError } from '../base/errors.js'
import type { ScenarioCatalog } from '../scenario/format/catalog.js'
import { formatIssue } from '../scenario/validation-issue.js'
import type { SystemClock } from '../session/clock.js'
import type { Spaces } from '../space/spaces.js'
import type { Log } from './log.js'

export interface Watching {
  close(): Promise<void>
}

/** The file of a scenario. Throws a UserError if the scenario is not a file. */
export const fileToWatch = async (catalog: ScenarioCatalog, name: string): Promise<string> => {
  const file = await catalog.file(name)
  if (file === undefined) throw new UserError('--watch needs a scenario that is a file; this one was given as text')
  return file
}

/** Milliseconds between two checks of the file. */
const interval = 100

/**
 * Reloads the scenario after each change of its file, in all spaces. An invalid file changes nothing and is logged. The file is
 * polled, as file system events miss changes on network and desktop volumes, of symlinks on the path, and of folders that are
 * created again.
 */
export const watch = async (
  catalog: ScenarioCatalog,
  name: string,
  { spaces, log, systemClock }: WatchOptions
): Promise<Watching> => {
  const file = await fileToWatch(catalog, name)
  const reload = async () => {
    try {
      const { scenario, warnings } = await catalog.read(await catalog.source(name))
      for (const warning of warnings) log.warn(formatIssue(warning))
      await spaces.adopt(scenario)
      log.info(`${file} has changed: its ${scenario.rules.length} rules apply from now on`)
    } catch (error) {
      const lines = error instanceof UserError ? error.message.split('\n') : [String(error)]
      for (const line of lines) log.error(line)
      log.error(`${file} is invalid: the previous rules stay in effect`)
    }
  }
  return poll(file, systemClock, state => {
    if (state.is === 'file') return reload()
    const trouble = state.is === 'gone' ? 'is missing' : `cannot be read, ${state.why}`
    return log.warn(`${file} ${trouble}: the previous rules stay in effect`)
  })
}

export interface WatchOptions {
  readonly spaces: Spaces
  readonly log: Log
  readonly systemClock: SystemClock
}

/** The state of a path with symlinks resolved; `version` differs after any change of the content. */
type FileState =
  | { readonly is: 'file'; readonly version: string }
  | { readonly is: 'gone' }
  | { readonly is: 'unreadable'; readonly why: string }

/** Reports each new state after two equal checks, so that no half-written file is read. */
const poll = async (
  file: string,
  systemClock: SystemClock,
  onChange: (state: FileState) => void | Promise<void>
): Promise<Watching> => {
  let reported = keyOf(await stateOf(file))
  let seen = reported
  let checking: Promise<void> | undefined
  const check = async () => {
    const state = await stateOf(file)
    const key = keyOf(state)
    const isStable = key === seen
    seen = key
    if (!isStable || key === reported) return
    reported = key
    await onChange(state)
  }
  const stop = systemClock.every(interval, () => {
    checking ??= check().finally(() => {
      checking = undefined
    })
  })
  return {
    close: async () => {
      stop()
      await checking
    }
  }
}

const stateOf = async (file: string): Promise<FileState> => {
  try {
    const stats = await stat(file, { bigint: true })
    if (stats.isDirectory()) return { is: 'unreadable', why: 'as it is a folder' }
    return { is: 'file', version: [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ') }
  } catch (error) {
    const code = isSystemError(error) ? (error.code ?? '') : messageOf(error)
    return code === 'ENOENT' || code === 'ENOTDIR' ? { is: 'gone' } : { is: 'unreadable', why: code }
  }
}

const keyOf = (state: FileState): string => Object.values(state).join(' ')
