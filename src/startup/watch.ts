import { stat } from 'node:fs/promises'
import { UserError } from '../base/user-error.js'
import type { Log } from '../log/logger.js'
import type { ScenarioCatalog } from '../scenario/format/catalog.js'
import { formatIssue } from '../scenario/validation-issue.js'
import type { Spaces } from '../space/spaces.js'
import type { SystemClock } from '../state/clock.js'

export interface Watching {
  close(): Promise<void>
}

/** The file that a scenario is in. Throws a UserError where it is in none. */
export const fileToWatch = async (catalog: ScenarioCatalog, said: string): Promise<string> => {
  const file = await catalog.file(said)
  if (file === undefined) throw new UserError('--watch needs a scenario that is a file; this one was given as text')
  return file
}

/** Milliseconds from one look at the file to the next. */
const interval = 100

/**
 * Reads the scenario again whenever its file changes, and every space goes on with it. A file with mistakes changes nothing, and
 * the log says them. The file system is asked for the file again and again, since it does not tell of changes on network and
 * desktop volumes, nor of all changes on others: of symlinks on the way to the file, of folders that are made again.
 */
export const watch = async (
  catalog: ScenarioCatalog,
  said: string,
  { spaces, log, systemClock }: WatchOptions
): Promise<Watching> => {
  const file = await fileToWatch(catalog, said)
  const reread = async () => {
    try {
      const { scenario, warnings } = await catalog.read(await catalog.source(said))
      for (const warning of warnings) log.warn(formatIssue(warning))
      spaces.adopt(scenario)
      log.info(`${file} has changed: its ${scenario.rules.length} rules play from now on`)
    } catch (error) {
      const lines = error instanceof UserError ? error.message.split('\n') : [String(error)]
      for (const line of lines) log.error(line)
      log.error(`${file} cannot be used as it is: the rules before go on`)
    }
  }
  return poll(file, systemClock, state => {
    if (state.is === 'file') return reread()
    const trouble = state.is === 'gone' ? 'is gone' : `cannot be read, ${state.why}`
    return log.warn(`${file} ${trouble}: the rules before go on`)
  })
}

export interface WatchOptions {
  readonly spaces: Spaces
  readonly log: Log
  readonly systemClock: SystemClock
}

/** What is found under a path, through all symlinks; `version` differs wherever the content may. */
type FileState =
  | { readonly is: 'file'; readonly version: string }
  | { readonly is: 'gone' }
  | { readonly is: 'unreadable'; readonly why: string }

/** Tells each state that differs from the one before and lasts for two looks, so that no half-written file is read. */
const poll = async (
  file: string,
  systemClock: SystemClock,
  tell: (state: FileState) => void | Promise<void>
): Promise<Watching> => {
  let told = keyOf(await stateOf(file))
  let seen = told
  let looking: Promise<void> | undefined
  const look = async () => {
    const state = await stateOf(file)
    const key = keyOf(state)
    const lasts = key === seen
    seen = key
    if (!lasts || key === told) return
    told = key
    await tell(state)
  }
  const stop = systemClock.every(interval, () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
  })
  return {
    close: async () => {
      stop()
      await looking
    }
  }
}

const stateOf = async (file: string): Promise<FileState> => {
  try {
    const stats = await stat(file, { bigint: true })
    if (stats.isDirectory()) return { is: 'unreadable', why: 'as it is a folder' }
    return { is: 'file', version: [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ') }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? { is: 'gone' } : { is: 'unreadable', why: code }
  }
}

const keyOf = (state: FileState): string => Object.values(state).join(' ')
