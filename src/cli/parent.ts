import type { Environment } from '../config/read-settings.js'
import { flagOf, type Settings } from '../config/settings.js'
import type { SystemClock } from '../state/clock.js'

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
