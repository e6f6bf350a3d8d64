import type { Model } from './model.js'
import { Rows } from './rows.js'
import { mostRows, readSavedRun } from './saved-run.js'

/** Shows a saved run in place of the server. Throws an Error where the file is none; then nothing has changed. */
export const openSavedRun = async (file: Blob, name: string, model: Model): Promise<void> => {
  const run = await readSavedRun(file, name)
  model.run = run
  model.connection = 'saved'
  model.version = run.version
  model.rows = new Rows(mostRows, Number.POSITIVE_INFINITY)
  model.rows.addAll(run.rows)
  model.older = run.total - run.rows.length
  model.open = run.sessions.filter(({ endedAt }) => endedAt === undefined)
  model.ended = run.sessions.filter(({ endedAt }) => endedAt !== undefined)
  model.scenario = run.scenario
  model.clock = undefined
  model.holds = []
  model.spaces = []
  model.openedKey = undefined
  model.session = undefined
  model.paused = undefined
  model.notice = undefined
  model.changed()
}
