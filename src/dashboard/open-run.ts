import { messageOf } from '../base/error-message.js'
import type { Live } from './live.js'
import { readSavedRun } from './saved-run.js'

/** Replaces the server by a saved run. If the file is invalid, nothing changes except the notice. */
export const openSavedRun = async (file: Blob, name: string, { model, stop }: Live): Promise<void> => {
  try {
    const run = await readSavedRun(file, name, progress => model.notify(progress))
    stop()
    const open = run.sessions.filter(({ endedAt }) => endedAt === undefined)
    const ended = run.sessions.filter(({ endedAt }) => endedAt !== undefined)
    model.update({
      run,
      connection: 'saved',
      version: run.version,
      rows: run.rows,
      isLoading: false,
      older: 0,
      open,
      ended,
      counts: { open: open.length, ended: ended.length },
      scenario: run.scenario,
      verdicts: run.verdicts,
      holds: [],
      openedKey: undefined,
      session: undefined,
      paused: undefined,
      draft: undefined,
      notice: run.problem === '' ? undefined : { text: run.problem, isError: true }
    })
  } catch (error) {
    model.notify(messageOf(error), true)
  }
}
