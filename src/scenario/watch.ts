import type { Log } from '../command/log.js'
import { Complaint } from '../complaint.js'
import type { Spaces } from '../spaces.js'
import type { Library } from './library.js'
import { sayMistake } from './mistakes.js'

export interface Watching {
  close(): Promise<void>
}

/** The file that a story is in. Throws a Complaint where it is in none. */
export const fileToWatch = async (library: Library, said: string): Promise<string> => {
  const file = await library.file(said)
  if (file === undefined) throw new Complaint('--watch needs a scenario that is a file; this one was given as text')
  return file
}

/**
 * Reads the story again whenever its file changes, and every space goes on with it. A file with mistakes changes nothing, and
 * the log says them.
 */
export const watch = async (library: Library, said: string, spaces: Spaces, log: Log): Promise<Watching> => {
  const file = await fileToWatch(library, said)
  const reread = async () => {
    try {
      const { story, warnings } = await library.read(await library.source(said))
      for (const warning of warnings) log.warn(sayMistake(warning))
      spaces.adopt(story)
      log.info(`${file} has changed: its ${story.rules.length} rules play from now on`)
    } catch (error) {
      const lines = error instanceof Complaint ? error.message.split('\n') : [String(error)]
      for (const line of lines) log.error(line)
      log.error(`${file} cannot be used as it is: the rules before go on`)
    }
  }
  // One after the other, so that what was written last is what plays.
  let reading = Promise.resolve()
  const later = () => {
    reading = reading.then(reread)
  }
  const { watch: follow } = await import('chokidar')
  const watcher = follow(file, { ignoreInitial: true, awaitWriteFinish: { stabilityThreshold: 50, pollInterval: 10 } })
  watcher
    .on('add', later)
    .on('change', later)
    .on('unlink', () => log.warn(`${file} is gone: the rules before go on`))
    .on('error', error => log.error(`${file} cannot be watched: ${error}`))
  await new Promise<void>(resolve => watcher.once('ready', () => resolve()))
  return {
    close: async () => {
      await watcher.close()
      await reading
    }
  }
}
