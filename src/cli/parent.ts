import type { Environment } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'
import type { SystemClock } from '../state/clock.js'

/** The process that started this one, and the input it gave. */
export interface ParentProcess {
  /** Process ids from the parent up to the first ancestor that is no shell: `npm` starts its scripts through one. */
  pids(): readonly number[]
  /** Calls the listener when the standard input closes; the result stops that. */
  onInputClosed(listener: () => void): () => void
}

interface Surroundings {
  readonly env: Environment
  readonly parent?: ParentProcess | undefined
}

/** Milliseconds between two looks at the parent: no signal tells that it has ended. */
const interval = 200

/**
 * `ended` resolves when the parent process has ended; with `exitWithParent` also when the standard input closes. Without that
 * setting only npm and npx are watched: they end on SIGTERM, and their shell does not pass the signal on.
 */
export const parentEnded = (
  { exitWithParent }: Pick<Settings, 'exitWithParent'>,
  { env, parent }: Surroundings,
  clock: Pick<SystemClock, 'every'>
): { readonly ended: Promise<void>; close(): void } => {
  if (!parent || !(exitWithParent || env.npm_command !== undefined)) return { ended: never, close: () => undefined }
  const stops: (() => void)[] = []
  const before = parent.pids().join()
  const ended = new Promise<void>(resolve => {
    stops.push(
      clock.every(interval, () => {
        if (parent.pids().join() !== before) resolve()
      })
    )
    if (exitWithParent) stops.push(parent.onInputClosed(resolve))
  })
  return {
    ended,
    close: () => {
      for (const stop of stops) stop()
    }
  }
}

const never = new Promise<void>(() => undefined)
