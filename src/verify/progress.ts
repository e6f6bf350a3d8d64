import { formatDuration } from '../base/duration.js'
import type { Output } from '../log/log.js'
import type { Case } from './case.js'

export interface VerifyProgress {
  readonly onCase: (each: Case) => void
  /** Called before a wait for an expiry. */
  readonly onWait: (ms: number) => void
  /** Called before an early stop, in which sessions are ended. */
  readonly onStop: () => void
  /** Clears the line. */
  close(): void
}

/** A progress line on a terminal; elsewhere only a line for each long wait. */
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
