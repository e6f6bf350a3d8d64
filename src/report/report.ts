import type { Spaces } from '../space/spaces.js'
import type { CommandRecord } from './flight-record.js'
import { FlightRecorder, type RecordingOptions } from './flight-recorder.js'
import { createHar } from './har.js'
import { renderJson, reportFolder, writeReportFile } from './report-folder.js'
import { renderVerdicts } from './verdict-junit.js'

/** A report that is being recorded. */
export interface Report {
  readonly recorder: FlightRecorder
  /** Writes the three files, each atomically. `url` is the address of the server. */
  write(spaces: Spaces, url: string, command?: CommandRecord): Promise<void>
}

/** Checks that the folder is writable, and begins to record. Throws a UserError if it is not. */
export const startReport = async (folder: string, options: RecordingOptions): Promise<Report> => {
  await reportFolder(folder)
  const recorder = new FlightRecorder(options)
  const { showSecrets } = options.settings
  return {
    recorder,
    write: async (spaces, url, command) => {
      const record = recorder.record(spaces, url, command)
      await writeReportFile(folder, 'run.json', renderJson(record), showSecrets)
      await writeReportFile(folder, 'journal.har', renderJson(createHar(record)), showSecrets)
      await writeReportFile(folder, 'verdicts.junit.xml', renderVerdicts(record), showSecrets)
    }
  }
}
