import type { Live } from './live.js'
import { readSavedRun } from './saved-run.js'

/** Shows a saved run in place of the server, or says why that cannot be; then nothing has changed. */
export const openSavedRun = async (file: Blob, name: string, { model, stop }: Live): Promise<void> => {
  try {
    const run = await readSavedRun(file, name, progress => model.say(progress))
    stop()
    model.update({
      run,
      connection: 'saved',
      version: run.version,
      rows: run.rows,
      older: run.total - run.rows.list.length,
      open: run.sessions.filter(({ endedAt }) => endedAt === undefined),
      ended: run.sessions.filter(({ endedAt }) => endedAt !== undefined),
      scenario: run.scenario,
      verdicts: run.verdicts,
      clock: undefined,
      holds: [],
      openedKey: undefined,
      session: undefined,
      paused: undefined,
      draft: undefined,
      notice: run.trouble === '' ? undefined : { text: run.trouble, bad: true }
    })
  } catch (error) {
    model.say((error as Error).message, true)
  }
}
