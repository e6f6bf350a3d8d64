import { formatDuration } from '../base/duration.js'
import type { Output } from '../log/logger.js'
import type { Case } from './case.js'

export interface VerifyProgress {
  readonly onCase: (each: Case) => void
  /** It waits for the expiry of a session. */
  readonly onWait: (ms: number) => void
  /** The run is to stop: sessions are ended. */
  readonly onStop: () => void
  /** Takes the line away. */
  close(): void
}

/** A line on a terminal that tells how far it is; elsewhere only what takes long. */
export const createVerifyProgress = (total: number, output: Output): VerifyProgress => {
  let done = 0
  const show = (text: string) => output.write(output.isTTY ? `\r\u001b[K${text}` : '')
  return {
    onCase: ({ name }) => {
      done += 1
      show(`${done} of ${total}: ${name}`)
    },
    onWait: ms => {
      const text = `waiting ${formatDuration(ms)} for the expiry of a session`
      output.write(output.isTTY ? `\r\u001b[K${text}` : `session-mock: ${text}\n`)
    },
    onStop: () => show('ending the sessions'),
    close: () => show('')
  }
}
